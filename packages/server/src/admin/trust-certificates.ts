import {
  CertificateFetch,
  FetchedCertificates,
  ListQuery,
  pageOf,
  TrustCertificate,
  TrustCertificateInput,
} from "@interpres/admin-api";
import { importTlsPeerSubject } from "@interpres/federation";
import type * as store from "@interpres/store";
import type { FastifyRequest } from "fastify";
import Type from "typebox";
import type { AdminContext } from "./admin-context.ts";
import { type AdminApp, principal } from "./authenticate.ts";
import { commonNameOf, factsOf, fingerprintOf, parseCertificates } from "./certificate-facts.ts";
import { editFederation } from "./edit-federation.ts";
import { fetchCertificates } from "./fetch-certificates.ts";
import { instantText } from "./instant.ts";
import { type Listing, pageOfItems } from "./listing.ts";
import { conflict, invalidInput, notFound } from "./problem-error.ts";

const Key = Type.Object({ id: Type.String() });
const tags = ["certificates"];
const listing: Listing<TrustCertificate> = {
  fields: {
    subject: (certificate) => certificate.subject,
    commonName: (certificate) => certificate.commonName ?? "",
    description: (certificate) => certificate.description,
  },
  key: (certificate) => certificate.id,
};

/** `/certificates/trust` and `/certificates/fetch`: whose certificates are believed. */
export function registerTrustCertificates(app: AdminApp, context: AdminContext): void {
  const trusted = () => context.certificates.trusted();

  app.get(
    "/certificates/trust",
    {
      config: { access: "auditor" },
      schema: { querystring: ListQuery, response: { 200: pageOf(TrustCertificate) }, tags },
    },
    async ({ query }) => pageOfItems(trusted().map(shownTrustCertificate), query, listing),
  );

  app.get(
    "/certificates/trust/:id",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: TrustCertificate }, tags } },
    async ({ params }) => shownTrustCertificate(found(trusted(), params.id)),
  );

  app.post(
    "/certificates/trust",
    {
      config: { access: "administrator" },
      schema: { body: TrustCertificateInput, response: { 201: TrustCertificate }, tags },
    },
    async (request, reply) => {
      const added = await trust(request.body, request, context);
      reply.code(201).header("location", `/api/v1/certificates/trust/${added.id}`);
      return shownTrustCertificate(added);
    },
  );

  app.delete(
    "/certificates/trust/:id",
    { config: { access: "administrator" }, schema: { params: Key, response: { 204: Type.Null() }, tags } },
    async (request, reply) => {
      const { id, description } = found(trusted(), request.params.id);
      await context.certificates.removeTrusted(id, {
        actor: principal(request).name,
        action: "delete",
        resource: `certificates/trust/${id}`,
        before: { description },
      });
      reply.code(204);
      return null;
    },
  );

  app.post(
    "/certificates/fetch",
    {
      config: { access: "operator" },
      schema: { body: CertificateFetch, response: { 200: FetchedCertificates }, tags },
    },
    async ({ body }) => ({ chain: (await fetchCertificates(body, context.clock)).map(factsOf) }),
  );
}

async function trust(
  { pem, description = "" }: TrustCertificateInput,
  request: FastifyRequest,
  context: AdminContext,
): Promise<store.TrustedCertificate> {
  const [certificate, ...more] = parseCertificates(pem) ?? [];
  if (certificate === undefined) throw invalidInput([{ path: "pem", message: "is not a PEM certificate" }]);
  if (more.length > 0) throw invalidInput([{ path: "pem", message: "holds several certificates; send one at a time" }]);
  const id = fingerprintOf(certificate);
  if (context.certificates.trusted().some((each) => each.id === id))
    throw conflict("certificate-trusted", { path: "pem", message: `is trusted already as ${id}` });
  const commonName = commonNameOf(certificate);
  await context.certificates.addTrusted(
    { id, pem: certificate.toString(), description },
    {
      actor: principal(request).name,
      action: "create",
      resource: `certificates/trust/${id}`,
      after: { commonName: commonName ?? null, description },
    },
  );
  if (commonName !== undefined) await definePeerSubject(commonName, request, context);
  return found(context.certificates.trusted(), id);
}

/** The CN becomes a peer subject (facts R43), unless it is no name a subject may have: the trust holds all the same. */
async function definePeerSubject(commonName: string, request: FastifyRequest, context: AdminContext): Promise<void> {
  const { federation } = context.settings.current().document;
  if (importTlsPeerSubject(federation, commonName).kind === "refused") return;
  await editFederation(context, request, {
    action: "create",
    edit: (settings) => importTlsPeerSubject(settings, commonName),
    resource: (after) => `tls-peer-subjects/${after.name}`,
  });
}

/** By fingerprint, with or without colons, in any case. */
function found(trusted: readonly store.TrustedCertificate[], text: string): store.TrustedCertificate {
  const id = text.replaceAll(":", "").toLowerCase();
  const certificate = trusted.find((each) => each.id === id);
  if (certificate === undefined) throw notFound(`trusted certificate ${text}`);
  return certificate;
}

/** As a reader sees it. Throws when the store holds what is no certificate: nothing else writes there. */
export function shownTrustCertificate({ id, pem, description, addedAt }: store.TrustedCertificate): TrustCertificate {
  const [certificate] = parseCertificates(pem) ?? [];
  if (certificate === undefined) throw new Error(`trusted certificate ${id} cannot be read`);
  return { id, description, ...factsOf(certificate), addedAt: instantText(addedAt) };
}
