import { EmailDrop, LiveQuery, pageOf } from "@interpres/admin-api";
import type * as store from "@interpres/store";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { instantText } from "../http/instant.ts";
import { type Listing, numericKey, pageOfItems } from "../http/listing.ts";

/** Newest first. */
const listing: Listing<store.EmailDrop> = {
  fields: {},
  key: ({ lastAt, sender, user }) => `${numericKey(String(Number.MAX_SAFE_INTEGER - lastAt))} ${sender} ${user}`,
};

/** `/presence-settings/email-drops`: who still writes to addresses by which users are not known abroad. */
export function registerEmailDrops(app: AdminApp, { emailDrops }: AdminContext): void {
  app.get(
    "/presence-settings/email-drops",
    {
      config: { access: "auditor" },
      schema: { querystring: LiveQuery, response: { 200: pageOf(EmailDrop) }, tags: ["presence-settings"] },
    },
    async ({ query: { user, peer, ...paging } }) => {
      const wanted = emailDrops().filter(
        (drop) =>
          (user === undefined || drop.user === user) &&
          (peer === undefined || drop.sender === peer || domainOf(drop) === peer),
      );
      const page = pageOfItems(wanted, paging, listing);
      return { ...page, items: page.items.map(shown) };
    },
  );
}

function domainOf({ sender }: Pick<store.EmailDrop, "sender">): string {
  return sender.slice(sender.lastIndexOf("@") + 1);
}

function shown({ firstAt, lastAt, ...drop }: store.EmailDrop): EmailDrop {
  return { ...drop, peer: domainOf(drop), firstAt: instantText(firstAt), lastAt: instantText(lastAt) };
}
