import type { Notification } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import { attachmentsShown } from "./attachments.ts";

/** The links to attached servers that are down: nothing passes between their users and those domains. */
export function attachmentNotices(context: AdminContext): readonly Notification[] {
  return attachmentsShown(context).flatMap(({ name, host, links }) =>
    links
      .filter(({ state }) => state === "down")
      .map(({ component, since, reason }) => ({
        id: `attachment-down:${name}:${component}`,
        severity: "error",
        node: context.node.name,
        service: "sip-federation",
        text:
          `The attachment to ${host} for ${component} is down${since === null ? "" : ` since ${since}`}: ` +
          `${reason ?? "it is being tried"}`,
        link: `/attachments/${encodeURIComponent(name)}`,
      })),
  );
}
