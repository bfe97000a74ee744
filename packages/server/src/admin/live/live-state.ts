import { Connection, ImSession, LiveQuery, pageOf, Subscription } from "@interpres/admin-api";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { pageOfItems } from "../http/listing.ts";
import { notFound } from "../http/problem-error.ts";

const tags = ["live"];
const Key = Type.Object({ id: Type.String() });
const byId = { fields: {}, key: (item: { readonly id: string }) => item.id };

/** `/subscriptions`, `/im-sessions`, `/connections`: what is alive now. */
export function registerLiveState(app: AdminApp, { live, audit, shownAddresses }: AdminContext): void {
  app.get(
    "/subscriptions",
    {
      config: { access: "auditor" },
      schema: { querystring: LiveQuery, response: { 200: pageOf(Subscription) }, tags },
    },
    async ({ query }) => {
      const page = pageOfItems(live.subscriptions().filter(concerns(query)), paging(query), byId);
      const items = page.items.map(({ contactUri, ...item }) => ({
        ...item,
        addresses: shownAddresses.of({ address: item.user }, { address: item.contact, uri: contactUri }),
      }));
      return { ...page, items };
    },
  );

  app.post(
    "/subscriptions/:id/refresh",
    { config: { access: "operator" }, schema: { params: Key, response: { 202: Type.Null() }, tags } },
    async (request, reply) => {
      const { id } = request.params;
      if (!live.refreshSubscription(id)) throw notFound(`subscription ${id} of ours`);
      const actor = request.principal?.name ?? "";
      await audit.record({ actor, action: "refresh", resource: `subscriptions/${id}` });
      reply.code(202);
      return null;
    },
  );

  app.get(
    "/im-sessions",
    { config: { access: "auditor" }, schema: { querystring: LiveQuery, response: { 200: pageOf(ImSession) }, tags } },
    async ({ query }) => {
      const page = pageOfItems(live.imSessions().filter(concerns(query)), paging(query), byId);
      const items = page.items.map((item) => ({
        ...item,
        addresses: shownAddresses.of({ address: item.user }, { address: item.contact }),
      }));
      return { ...page, items };
    },
  );

  app.get(
    "/connections",
    { config: { access: "auditor" }, schema: { querystring: LiveQuery, response: { 200: pageOf(Connection) }, tags } },
    async ({ query }) => {
      const wanted = live.connections().filter(({ peer }) => query.peer === undefined || peer === query.peer);
      return pageOfItems(wanted, paging(query), byId);
    },
  );
}

interface Party {
  readonly user: string;
  readonly contact: string;
  readonly peer: string;
}

/** A peer is given by its domain or by one of its addresses. */
function concerns({ user, peer }: LiveQuery): (item: Party) => boolean {
  return (item) =>
    (user === undefined || item.user === user) && (peer === undefined || item.peer === peer || item.contact === peer);
}

function paging({ limit, cursor }: LiveQuery): Pick<LiveQuery, "limit" | "cursor"> {
  return { ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) };
}
