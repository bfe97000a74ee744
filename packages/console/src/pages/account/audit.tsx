import { type AuditRecord, audit } from "@interpres/admin-api";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { messageOf } from "../../data/problems.ts";
import { useList } from "../../data/resources.ts";
import { momentText } from "../../template/moment.ts";
import { PageTitle } from "../../template/page-title.tsx";
import { Paging, usePaging } from "../../template/paging.tsx";
import { PlainTable } from "../../template/plain-table.tsx";
import { StatusArea } from "../../template/status-area.tsx";
import classes from "../../template/template.module.css";
import { texts } from "../../texts/texts.ts";
import { AuditForm, type Wanted } from "./audit-form.tsx";
import { AuditValues } from "./audit-values.tsx";

const own = texts.audit;

/** Access > Audit: who changed what and when, old and new side by side, the newest first. What is looked for stands in the URL. */
export default function Audit(): ReactNode {
  const search = useSearch({ strict: false });
  const wanted = useMemo(() => wantedIn(search), [search]);
  const navigate = useNavigate();
  const paging = usePaging(JSON.stringify(wanted));
  const list = useList<AuditRecord>(audit, { ...wanted, ...paging.query });
  const find = (asked: Partial<Wanted>) => void navigate({ to: ".", search: wantedIn(asked) });
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <StatusArea
        status={list.error === null ? { kind: "idle" } : { kind: "refused", reasons: [messageOf(list.error)] }}
      />
      <AuditForm wanted={wanted} onFind={find} />
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

const NAMES = ["actor", "action", "resource", "since", "until"] as const;

function wantedIn(given: Readonly<Record<string, unknown>>): Partial<Wanted> {
  const named = NAMES.map((name) => [name, String(given[name] ?? "")] as const);
  return Object.fromEntries(named.filter(([, text]) => text !== ""));
}
