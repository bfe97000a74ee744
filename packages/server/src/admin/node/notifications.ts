import { ListQuery, Notification, pageOf } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import { attachmentNotices } from "../federation/attachment-notices.ts";
import { dnsNotices, routingFqdnNotices } from "../federation/dns-notices.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { type Listing, pageOfItems } from "../http/listing.ts";
import { directoryNotices } from "../identity/directory-notices.ts";
import { mailAddressNotices } from "../identity/mail-address-notices.ts";
import { traceCollectorNotices } from "../live/trace-collector.ts";
import { certificateFileNotices, certificateNotices } from "../trust/certificate-calendar.ts";
import { certificateNameNotices } from "../trust/certificate-name-notices.ts";
import { pendingRestarts, routingNodeWithUsers, stoppedServices } from "./standing-notices.ts";

const listing: Listing<Notification> = {
  fields: {
    severity: ({ severity }) => severity,
    node: ({ node }) => node ?? "",
    service: ({ service }) => service ?? "",
    text: ({ text }) => text,
  },
  key: ({ id, node }) => `${id} ${node ?? ""}`,
};

const OF_THE_CONTEXT = [
  pendingRestarts,
  stoppedServices,
  routingNodeWithUsers,
  routingFqdnNotices,
  mailAddressNotices,
  directoryNotices,
  attachmentNotices,
  dnsNotices,
  certificateNotices,
  certificateFileNotices,
  certificateNameNotices,
  traceCollectorNotices,
];

/** `/notifications`: what waits for the administrator. */
export function registerNotifications(app: AdminApp, context: AdminContext): void {
  const sources = [...context.notificationSources, ...OF_THE_CONTEXT.map((source) => () => source(context))];
  app.get(
    "/notifications",
    {
      config: { access: "auditor" },
      schema: { querystring: ListQuery, response: { 200: pageOf(Notification) }, tags: ["notifications"] },
    },
    async ({ query }) =>
      pageOfItems(
        sources.flatMap((source) => source()),
        query,
        listing,
      ),
  );
}
