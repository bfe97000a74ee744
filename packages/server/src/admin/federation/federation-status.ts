import { FederationStatus, type Lamp } from "@interpres/admin-api";
import Type from "typebox";
import type { LampView } from "../../lamps/federation-lamps.ts";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { instantText } from "../http/instant.ts";
import { notFound } from "../http/problem-error.ts";

const Key = Type.Object({ domain: Type.String() });

/** `/federation/{domain}/status`: whether presence and messages pass, each way. */
export function registerFederationStatus(app: AdminApp, { lamps }: AdminContext): void {
  app.get(
    "/federation/:domain/status",
    {
      config: { access: "auditor" },
      schema: { params: Key, response: { 200: FederationStatus }, tags: ["federation"] },
    },
    async ({ params }) => {
      const found = lamps.of(params.domain);
      if (found === undefined) throw notFound(`SIP federated domain ${params.domain}`);
      const { domain } = found;
      const { presenceIn, presenceOut, imIn, imOut } = found.lamps;
      return {
        domain,
        presenceIn: shown(presenceIn),
        presenceOut: shown(presenceOut),
        imIn: shown(imIn),
        imOut: shown(imOut),
      };
    },
  );
}

function shown({ state, lastSuccess, lastFailure }: LampView): Lamp {
  return { state, lastSuccess: dated(lastSuccess), lastFailure: dated(lastFailure) };
}

function dated<Passed extends { readonly at: number }>(passed: Passed | null) {
  return passed === null ? null : { ...passed, at: instantText(passed.at) };
}
