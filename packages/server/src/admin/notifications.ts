import { ListQuery, Notification, pageOf } from "@interpres/admin-api";
import type { AdminContext } from "./admin-context.ts";
import type { AdminApp } from "./authenticate.ts";
import { type Listing, pageOfItems } from "./listing.ts";

const listing: Listing<Notification> = {
  fields: {
    severity: ({ severity }) => severity,
    node: ({ node }) => node ?? "",
    service: ({ service }) => service ?? "",
    text: ({ text }) => text,
  },
  key: ({ id, node }) => `${id} ${node ?? ""}`,
};

/** `/notifications`: what waits for the administrator. */
export function registerNotifications(app: AdminApp, { notificationSources }: AdminContext): void {
  app.get(
    "/notifications",
    {
      config: { access: "auditor" },
      schema: { querystring: ListQuery, response: { 200: pageOf(Notification) }, tags: ["notifications"] },
    },
    async ({ query }) =>
      pageOfItems(
        notificationSources.flatMap((source) => source()),
        query,
        listing,
      ),
  );
}
