import { ListQuery, pageOf, SipFederatedDomain, SipFederatedDomainInput } from "@interpres/admin-api";
import type { Edit } from "@interpres/federation";
import * as federation from "@interpres/federation";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { instantText } from "../http/instant.ts";
import { type Listing, pageOfItems } from "../http/listing.ts";
import { notFound } from "../http/problem-error.ts";
import { checkedByEdit } from "../http/validation.ts";
import { federatedMailDomains } from "../identity/mail-domains.ts";
import { editFederation, withWarnings } from "./edit-federation.ts";

const Key = Type.Object({ domain: Type.String() });
const tags = ["sip-federated-domains"];
const listing: Listing<SipFederatedDomain> = {
  fields: {
    domain: (entry) => entry.domain,
    description: (entry) => entry.description,
    integrationType: (entry) => entry.integrationType,
  },
  key: (entry) => entry.domain,
};

/** `/sip-federated-domains`: the foreign domains our users may talk to. */
export function registerSipFederatedDomains(app: AdminApp, context: AdminContext): void {
  const stored = () => context.settings.current().document.federation.sipFederatedDomains;
  const at = (name: string) => `sip-federated-domains/${name}`;

  app.get(
    "/sip-federated-domains",
    {
      config: { access: "auditor" },
      schema: { querystring: ListQuery, response: { 200: pageOf(SipFederatedDomain) }, tags },
    },
    async (request) => pageOfItems(stored().map(shown), request.query, listing),
  );

  app.get(
    "/sip-federated-domains/:domain",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: SipFederatedDomain }, tags } },
    async ({ params }) => {
      const entry = find(stored(), params.domain);
      if (entry === undefined) throw notFound(`SIP federated domain ${params.domain}`);
      return shown(entry);
    },
  );

  app.post(
    "/sip-federated-domains",
    {
      config: { access: "administrator" },
      schema: { body: SipFederatedDomainInput, response: { 201: SipFederatedDomain }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request, reply) => {
      const { resource, warnings } = await editFederation(context, request, {
        action: "create",
        edit: (settings) =>
          withMailDomains(settings, federation.addDomain(settings, request.body, context.clock.now()), context),
        resource: (after) => at(after.domain),
      });
      reply.code(201).header("location", `/api/v1/${at(encodeURIComponent(resource.domain))}`);
      return withWarnings(shown(resource), warnings);
    },
  );

  app.put(
    "/sip-federated-domains/:domain",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: SipFederatedDomainInput, response: { 200: SipFederatedDomain }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request) => {
      const { domain } = request.params;
      const { resource, warnings } = await editFederation(context, request, {
        action: "update",
        edit: (settings) => withMailDomains(settings, federation.updateDomain(settings, domain, request.body), context),
        resource: (after) => at(after.domain),
        before: (settings) => find(settings.sipFederatedDomains, domain),
      });
      return withWarnings(shown(resource), warnings);
    },
  );

  app.delete(
    "/sip-federated-domains/:domain",
    { config: { access: "administrator" }, schema: { params: Key, response: { 204: Type.Null() }, tags } },
    async (request, reply) => {
      await editFederation(context, request, {
        action: "delete",
        edit: (settings) => federation.deleteDomain(settings, request.params.domain),
        resource: (after) => at(after.domain),
      });
      reply.code(204);
      return null;
    },
  );
}

function find(entries: readonly federation.SipFederatedDomain[], name: string) {
  const domain = federation.normalName(name);
  return entries.find((entry) => entry.domain === domain);
}

function shown({ createdAt, ...entry }: federation.SipFederatedDomain): SipFederatedDomain {
  return createdAt === undefined ? entry : { ...entry, createdAt: instantText(createdAt) };
}

/** A domain by whose mail addresses our own users are known cannot be a foreign one; where they may be, that is told. */
function withMailDomains(
  before: federation.FederationSettings,
  edit: Edit<federation.SipFederatedDomain>,
  context: AdminContext,
): typeof edit {
  if (edit.kind === "refused") return edit;
  const known = federatedMailDomains({ federation: before }, context);
  const found = federatedMailDomains({ federation: edit.settings }, context).filter((each) => !known.includes(each));
  const usersOf = context.mailAddresses.domains();
  const problems = found.map((domain) => ({
    path: "domain",
    message: `users of ours have mail addresses in ${domain}: ${usersOf.get(domain)}`,
  }));
  if (problems.length === 0) return edit;
  if (context.settings.current().document.presence.useEmailAddressWhenFederating)
    return { kind: "refused", status: 409, type: "domain-is-mail-domain", errors: problems };
  const consequence = "while it is federated, users cannot be known by mail address abroad";
  const warnings = problems.map(({ path, message }) => ({ path, message: `${message}: ${consequence}` }));
  return { ...edit, warnings: [...edit.warnings, ...warnings] };
}
