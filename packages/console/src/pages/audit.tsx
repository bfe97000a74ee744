import { type AuditRecord, audit } from "@interpres/admin-api";
import { Button, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { messageOf } from "../data/problems.ts";
import { useList } from "../data/resources.ts";
import { momentText } from "../template/moment.ts";
import { PageTitle } from "../template/page-title.tsx";
import { Paging, usePaging } from "../template/paging.tsx";
import { PlainTable } from "../template/plain-table.tsx";
import { StatusArea } from "../template/status-area.tsx";
import classes from "../template/template.module.css";
import { texts } from "../texts/texts.ts";
import { AuditValues } from "./audit-values.tsx";

const own = texts.audit;

/** Access > Audit: who changed what and when, old and new side by side, the newest first. */
export default function Audit(): ReactNode {
  const [actor, setActor] = useState("");
  const [wanted, setWanted] = useState("");
  const paging = usePaging();
  const list = useList<AuditRecord>(audit, { ...(wanted === "" ? {} : { actor: wanted }), ...paging.query });
  const find = (name: string) => {
    setActor(name);
    setWanted(name);
    paging.restart();
  };
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <StatusArea
        status={list.error === null ? { kind: "idle" } : { kind: "refused", reasons: [messageOf(list.error)] }}
      />
      <search>
        <form
          className={classes.find}
          onSubmit={(event) => {
            event.preventDefault();
            find(actor);
          }}
        >
          <span className={classes.findWhat}>{own.findWhat}</span>
          <TextInput
            className={classes.findText ?? ""}
            aria-label={own.actor}
            value={actor}
            onChange={({ currentTarget }) => setActor(currentTarget.value)}
          />
          <Button type="submit">{texts.template.find}</Button>
          <Button variant="default" onClick={() => find("")}>
            {texts.template.clearFilter}
          </Button>
        </form>
      </search>
      <PlainTable
        title={own.changes}
        items={list.data?.items ?? []}
        keyOf={({ id }) => id}
        columns={[
          { label: own.at, cell: ({ at }) => <span className={classes.short}>{momentText(at)}</span> },
          { label: own.actor, cell: (record) => record.actor },
          { label: own.action, cell: ({ action }) => action },
          { label: own.resource, cell: ({ resource }) => <span className={classes.long}>{resource}</span> },
          { label: own.values, cell: (record) => <AuditValues record={record} /> },
        ]}
      />
      <Paging paging={paging} page={list.data} />
    </>
  );
}
