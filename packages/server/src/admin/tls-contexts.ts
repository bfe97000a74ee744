import { ListQuery, pageOf, TlsContext, TlsContextInput } from "@interpres/admin-api";
import * as federation from "@interpres/federation";
import Type from "typebox";
import type { AdminContext } from "./admin-context.ts";
import type { AdminApp } from "./authenticate.ts";
import { editFederation, withWarnings } from "./edit-federation.ts";
import { type Listing, pageOfItems } from "./listing.ts";
import { notFound } from "./problem-error.ts";
import { checkedByEdit } from "./validation.ts";

const Key = Type.Object({ name: Type.String() });
const tags = ["tls-contexts"];
const listing: Listing<TlsContext> = { fields: { name: (context) => context.name }, key: (context) => context.name };

/** `/tls-contexts`: how SIP over TLS is done, as asked for and as the runtime does it. */
export function registerTlsContexts(app: AdminApp, context: AdminContext): void {
  const stored = () => context.settings.current().document.federation.tlsContexts;

  app.get(
    "/tls-contexts",
    { config: { access: "auditor" }, schema: { querystring: ListQuery, response: { 200: pageOf(TlsContext) }, tags } },
    async (request) => pageOfItems(stored().map(shown), request.query, listing),
  );

  app.get(
    "/tls-contexts/:name",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: TlsContext }, tags } },
    async ({ params }) => {
      const found = stored().find((each) => each.name === params.name);
      if (found === undefined) throw notFound(`TLS context ${params.name}`);
      return shown(found);
    },
  );

  app.put(
    "/tls-contexts/:name",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: TlsContextInput, response: { 200: TlsContext }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request) => {
      const { name } = request.params;
      const { resource, warnings } = await editFederation(context, request, {
        action: "update",
        edit: (settings) => federation.updateTlsContext(settings, name, request.body),
        resource: (after) => `tls-contexts/${after.name}`,
        before: (settings) => settings.tlsContexts.find((each) => each.name === name),
      });
      return withWarnings(shown(resource), warnings);
    },
  );
}

function shown(context: federation.TlsContext): TlsContext {
  const effective = { ...federation.effectiveTls(context) };
  return { ...context, availableCiphers: [...federation.availableCiphers], effective };
}
