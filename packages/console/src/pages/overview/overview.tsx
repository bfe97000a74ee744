import { type Notification, notifications } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { useAll } from "../../data/resources.ts";
import { NoticeList } from "../../template/notice-list.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { texts } from "../../texts/texts.ts";
import classes from "./overview.module.css";
import { CertificateCalendar } from "./overview-calendar.tsx";
import { DomainLamps } from "./overview-lamps.tsx";
import { Panel } from "./overview-panel.tsx";
import { SubscriptionsPanel } from "./overview-subscriptions.tsx";
import { TrafficPanel } from "./overview-traffic.tsx";

const own = texts.overview;

/** How the node is: what passes to each domain, how much, until when, and what waits for somebody. */
export default function Overview(): ReactNode {
  const notices = useAll(notifications).data ?? [];
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <DomainLamps />
      <div className={classes.panels}>
        <TrafficPanel />
        <Waiting notices={notices} />
      </div>
      <div className={classes.wide}>
        <SubscriptionsPanel />
        <CertificateCalendar />
      </div>
    </>
  );
}

function Waiting({ notices }: { readonly notices: readonly Notification[] }): ReactNode {
  return (
    <Panel title={own.waiting}>
      {notices.length === 0 ? texts.notifications.none : <NoticeList notices={notices} />}
    </Panel>
  );
}
