import { type Notification, notifications } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { messageOf } from "../../data/problems.ts";
import { useList } from "../../data/resources.ts";
import { FindBar } from "../../template/find-bar.tsx";
import { findText, useFind } from "../../template/find-in-url.ts";
import { NoticeLink } from "../../template/notice-link.tsx";
import { SeverityBadge } from "../../template/notice-list.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { Paging, usePaging } from "../../template/paging.tsx";
import { PlainTable } from "../../template/plain-table.tsx";
import { StatusArea } from "../../template/status-area.tsx";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.notifications;
const INTERVAL_MS = 10_000;

/** System > Notifications: what waits for the administrator, each with the way to where it is put right. */
export default function Notifications(): ReactNode {
  const [find, setFind] = useFind();
  const paging = usePaging(find && findText(find));
  const list = useList<Notification>(
    notifications,
    { ...(find && { find: findText(find) }), ...paging.query },
    { intervalMs: INTERVAL_MS },
  );
  const items = list.data?.items ?? [];
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <StatusArea
        status={
          list.error === null
            ? { kind: "idle", text: items.length === 0 ? own.none : fill(own.waiting, { count: items.length }) }
            : { kind: "refused", reasons: [messageOf(list.error)] }
        }
      />
      <FindBar
        what={own.findWhat}
        fields={[
          { name: "text", label: own.text },
          { name: "severity", label: own.severityLabel },
          { name: "node", label: own.node },
          { name: "service", label: own.service },
        ]}
        asked={find}
        onFind={setFind}
      />
      <PlainTable
        title={own.waitingTitle}
        items={items}
        keyOf={({ id, node }) => `${id} ${node ?? ""}`}
        columns={[
          { label: own.severityLabel, cell: ({ severity }) => <SeverityBadge severity={severity} /> },
          { label: own.node, cell: ({ node }) => node },
          { label: own.service, cell: ({ service }) => service },
          { label: own.text, cell: ({ text }) => text },
          { label: own.page, cell: ({ link }) => <NoticeLink link={link} /> },
        ]}
      />
      <Paging paging={paging} page={list.data} />
    </>
  );
}
