import { type Notification, notifications } from "@interpres/admin-api";
import { ActionIcon, Indicator, Popover, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useAll } from "../data/resources.ts";
import { NoticeList } from "../template/notice-list.tsx";
import { fill, texts } from "../texts/texts.ts";
import { Icon } from "./icon.tsx";

const INTERVAL_MS = 15_000;
const COLORS: Readonly<Record<Notification["severity"], string>> = { info: "blue", warning: "orange", error: "red" };

/** How many things wait for the administrator, the worst of them by colour; opened, what they are. */
export function NotificationsBubble(): ReactNode {
  const notices = useAll(notifications, {}, { intervalMs: INTERVAL_MS }).data ?? [];
  const label = fill(texts.notifications.bubble, { count: notices.length });
  const worst = (["error", "warning", "info"] as const).find((level) =>
    notices.some(({ severity }) => severity === level),
  );
  return (
    <Indicator
      label={notices.length}
      size={18}
      offset={6}
      disabled={notices.length === 0}
      color={worst === undefined ? "gray" : COLORS[worst]}
    >
      <Popover position="bottom-end" width={360} withArrow trapFocus returnFocus>
        <Popover.Target>
          <ActionIcon variant="subtle" size="lg" color="gray" aria-label={label} title={label}>
            <Icon name="bell" />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown aria-label={texts.notifications.title}>
          {notices.length === 0 ? <Text size="sm">{texts.notifications.none}</Text> : <NoticeList notices={notices} />}
        </Popover.Dropdown>
      </Popover>
    </Indicator>
  );
}
