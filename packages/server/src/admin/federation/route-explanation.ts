import { ExplainedRoute, ExplainQuery } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { invalidInput } from "../http/problem-error.ts";

/** `/routes/explain`: the decision for one address, step by step. */
export function registerRouteExplanation(app: AdminApp, context: AdminContext): void {
  app.get(
    "/routes/explain",
    {
      config: { access: "auditor" },
      schema: { querystring: ExplainQuery, response: { 200: ExplainedRoute }, tags: ["static-routes"] },
    },
    async ({ query }) => {
      const explanation = await context.explain(query.uri);
      if (explanation === undefined) throw invalidInput([{ path: "uri", message: "is not a SIP URI" }]);
      const { steps, nextHops } = explanation;
      const hops = nextHops.map((hop) => ({ ...hop, addresses: [...hop.addresses] }));
      return {
        ...explanation,
        steps: [...steps],
        nextHops: hops,
        addresses: context.shownAddresses.typed(query.uri),
      };
    },
  );
}
