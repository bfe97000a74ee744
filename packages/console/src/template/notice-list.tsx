import type { Notification } from "@interpres/admin-api";
import { Badge, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { texts } from "../texts/texts.ts";
import { NoticeLink } from "./notice-link.tsx";
import classes from "./template.module.css";

const COLORS: Readonly<Record<Notification["severity"], string>> = { info: "blue", warning: "orange", error: "red" };

/** What waits for the administrator, each with the way to where it is put right. */
export function NoticeList({ notices }: { readonly notices: readonly Notification[] }): ReactNode {
  return (
    <ul className={classes.notices}>
      {notices.map((notice) => (
        <li key={notice.id}>
          <SeverityBadge severity={notice.severity} />{" "}
          <Text component="span" size="sm">
            {notice.node !== null && `${notice.node}: `}
            {notice.text}
          </Text>{" "}
          <NoticeLink link={notice.link} />
        </li>
      ))}
    </ul>
  );
}

/** How much a notice matters, in words and by colour. */
export function SeverityBadge({ severity }: Pick<Notification, "severity">): ReactNode {
  return (
    <Badge size="sm" miw="max-content" color={COLORS[severity]}>
      {texts.notifications.severity[severity]}
    </Badge>
  );
}
