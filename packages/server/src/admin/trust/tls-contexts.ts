import { Drain, type FieldProblem, ListQuery, pageOf, TlsContext, TlsContextInput } from "@interpres/admin-api";
import * as federation from "@interpres/federation";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { editFederation, withWarnings } from "../federation/edit-federation.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { type Listing, pageOfItems } from "../http/listing.ts";
import { notFound } from "../http/problem-error.ts";
import { checkedByEdit } from "../http/validation.ts";

const Key = Type.Object({ name: Type.String() });
const tags = ["tls-contexts"];
const listing: Listing<TlsContext> = { fields: { name: (context) => context.name }, key: (context) => context.name };

/** `/tls-contexts`: how SIP over TLS is done, as asked for and as the runtime does it. */
export function registerTlsContexts(app: AdminApp, context: AdminContext): void {
  const stored = () => context.settings.current().document.federation.tlsContexts;
  const found = (name: string): federation.TlsContext => {
    const each = stored().find((candidate) => candidate.name === name);
    if (each === undefined) throw notFound(`TLS context ${name}`);
    return each;
  };
  const shown = (each: federation.TlsContext): TlsContext => ({
    ...each,
    availableCiphers: [...federation.availableCiphers],
    effective: context.tls.effective(each.name),
  });

  app.get(
    "/tls-contexts",
    { config: { access: "auditor" }, schema: { querystring: ListQuery, response: { 200: pageOf(TlsContext) }, tags } },
    async (request) => pageOfItems(stored().map(shown), request.query, listing),
  );

  app.get(
    "/tls-contexts/:name",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: TlsContext }, tags } },
    async ({ params }) => shown(found(params.name)),
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
      const after = shown(resource);
      return withWarnings(after, [...warnings, ...effectWarnings(after)]);
    },
  );

  app.post(
    "/tls-contexts/:name/drain",
    { config: { access: "operator" }, schema: { params: Key, response: { 202: Drain }, tags } },
    async (request, reply) => {
      const { name } = found(request.params.name);
      const draining = context.tls.drain(name);
      const actor = principal(request).name;
      await context.audit.record({ actor, action: "drain", resource: `tls-contexts/${name}`, after: { draining } });
      reply.code(202);
      return { draining };
    },
  );
}

/** What of a context comes to nothing as the node is. */
function effectWarnings({ name, effective }: TlsContext): readonly FieldProblem[] {
  if (effective.usedBy.length === 0)
    return [{ path: "name", message: `no listener of this release uses ${name}: it has no effect` }];
  if (effective.inboundCiphers.length > 0) return [];
  const message = "has no suite that the key of our own certificate can serve: nobody can call us";
  return [{ path: "ciphers", message }];
}
