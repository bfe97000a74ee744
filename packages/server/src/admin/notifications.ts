import { ListQuery, Notification, pageOf } from "@interpres/admin-api";
import type { AdminContext } from "./admin-context.ts";
import type { AdminApp } from "./authenticate.ts";
import { certificateFileNotices, certificateNotices } from "./certificate-calendar.ts";
import { directoryNotices } from "./directory-notices.ts";
import { dnsNotices, routingFqdnNotices } from "./dns-notices.ts";
import { type Listing, pageOfItems } from "./listing.ts";
import { mailAddressNotices } from "./mail-address-notices.ts";
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
  dnsNotices,
  certificateNotices,
  certificateFileNotices,
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
