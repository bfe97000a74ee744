import { DecisionEvent, DecisionsQuery, pageOf } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { instantsIn } from "../http/instant.ts";
import { shownDecision } from "./trace-reader.ts";

/** `/decisions`: why each message and subscription went the way it went, newest first. */
export function registerDecisions(app: AdminApp, context: AdminContext): void {
  app.get(
    "/decisions",
    {
      config: { access: "auditor" },
      schema: { querystring: DecisionsQuery, response: { 200: pageOf(DecisionEvent) }, tags: ["decisions"] },
    },
    async ({ query: { since, until, ...query } }) => {
      const events = await context.decisions.query({ ...query, ...instantsIn({ since, until }) });
      const items = events.map((event) => ({
        ...shownDecision(event),
        addresses: context.shownAddresses.of({ address: event.user }, { address: event.peer, uri: event.peerUri }),
      }));
      return { items, nextCursor: null };
    },
  );
}
