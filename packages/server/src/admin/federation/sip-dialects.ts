import { SipDialect, SipDialectInput } from "@interpres/admin-api";
import * as federation from "@interpres/federation";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { notFound } from "../http/problem-error.ts";
import { checkedByEdit } from "../http/validation.ts";
import { editFederation } from "./edit-federation.ts";

const Key = Type.Object({ domain: Type.String() });
const tags = ["sip-federated-domains"];
const chosenFields = Object.keys(
  SipDialect.properties.effective.properties,
) as readonly (keyof SipDialect["effective"])[];

/** `/sip-federated-domains/{domain}/dialect`: how one domain is spoken to, where that is not as its type has it. */
export function registerSipDialects(app: AdminApp, context: AdminContext): void {
  app.get(
    "/sip-federated-domains/:domain/dialect",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: SipDialect }, tags } },
    async ({ params }) => shown(context.settings.current().document.federation, params.domain),
  );

  app.put(
    "/sip-federated-domains/:domain/dialect",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: SipDialectInput, response: { 200: SipDialect }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request) => {
      const { domain } = request.params;
      await editFederation(context, request, {
        action: "update",
        edit: (settings) => federation.updateDialect(settings, domain, request.body),
        resource: (after) => `sip-federated-domains/${after.domain}/dialect`,
        before: (settings) => federation.chosenDialect(settings, federation.normalName(domain)),
      });
      return shown(context.settings.current().document.federation, domain);
    },
  );
}

function shown(settings: federation.FederationSettings, name: string): SipDialect {
  const domain = federation.normalName(name);
  const entry = settings.sipFederatedDomains.find((candidate) => candidate.domain === domain);
  if (entry === undefined) throw notFound(`SIP federated domain ${name}`);
  const { integrationType } = entry;
  const chosen = federation.chosenDialect(settings, domain);
  const dialect = federation.dialectWith(integrationType, chosen);
  const effective: unknown = Object.fromEntries(chosenFields.map((field) => [field, dialect[field]]));
  return { ...chosen, domain, integrationType, effective: effective as SipDialect["effective"] };
}
