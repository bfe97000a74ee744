import type { X509Certificate } from "node:crypto";
import {
  CertificateFetch,
  FetchedCertificates,
  type FieldProblem,
  ListQuery,
  pageOf,
  TrustCertificate,
  TrustCertificateInput,
  TrustRemoval,
} from "@interpres/admin-api";
import { domainNameProblem, importTlsPeerSubject } from "@interpres/federation";
import type * as store from "@interpres/store";
import type { FastifyRequest } from "fastify";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { editFederation, withWarnings } from "../federation/edit-federation.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { instantText } from "../http/instant.ts";
import { type Listing, pageOfItems } from "../http/listing.ts";
import { conflict, invalidInput, notFound } from "../http/problem-error.ts";
import { commonNameOf, factsOf, fingerprintOf, parseCertificates, readCertificates } from "./certificate-facts.ts";

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
      const { added, warnings } = await trust(request.body, request, context);
      reply.code(201).header("location", `/api/v1/certificates/trust/${added.id}`);
      return withWarnings(shownTrustCertificate(added), warnings);
    },
  );

  app.delete(
    "/certificates/trust/:id",
    {
      config: { access: "administrator" },
      schema: { params: Key, response: { 200: TrustRemoval, 204: Type.Null() }, tags },
    },
    async (request, reply) => {
      const certificate = found(trusted(), request.params.id);
      const { id } = certificate;
      const peers = context.tls.peersVerifiedWith(id);
      await context.certificates.removeTrusted(id, {
        actor: principal(request).name,
        action: "delete",
        resource: `certificates/trust/${id}`,
        before: audited(certificate),
        after: { peers },
      });
      if (peers.length > 0) return { warnings: [lostPeers(peers)] };
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
    ({ body }) => context.certificateFetcher.fetch(body),
  );
}

async function trust(
  { pem, description = "" }: TrustCertificateInput,
  request: FastifyRequest,
  context: AdminContext,
): Promise<{ readonly added: store.TrustedCertificate; readonly warnings: readonly FieldProblem[] }> {
  const certificate = oneCertificate(pem);
  const id = fingerprintOf(certificate);
  if (context.certificates.trusted().some((each) => each.id === id))
    throw conflict("certificate-trusted", { path: "pem", message: `is trusted already as ${id}` });
  const commonName = commonNameOf(certificate);
  // First the subject: alone it has no effect, and a second try finds what the first one left out.
  const warnings = commonName === undefined ? [] : await definePeerSubject(commonName, request, context);
  const given = { id, pem: certificate.toString(), description };
  await context.certificates.addTrusted(given, {
    actor: principal(request).name,
    action: "create",
    resource: `certificates/trust/${id}`,
    after: audited(given),
  });
  const added = found(context.certificates.trusted(), id);
  return { added, warnings: [...warnings, ...ageWarnings(certificate, context.clock.now())] };
}

function oneCertificate(pem: string): X509Certificate {
  const read = readCertificates(pem);
  if (read.kind === "problem") throw invalidInput([{ path: "pem", message: read.message }]);
  const [certificate, ...more] = read.certificates;
  if (more.length > 0) throw invalidInput([{ path: "pem", message: "holds several certificates; send one at a time" }]);
  return certificate;
}

function ageWarnings(certificate: X509Certificate, now: number): readonly FieldProblem[] {
  if (certificate.validToDate.getTime() > now) return [];
  return [{ path: "pem", message: `has expired on ${certificate.validTo}: nothing is verified with it` }];
}

/** The CN becomes a peer subject (facts R43), unless it is no name a subject may have: the trust holds all the same. */
async function definePeerSubject(
  commonName: string,
  request: FastifyRequest,
  context: AdminContext,
): Promise<readonly FieldProblem[]> {
  const { federation } = context.settings.current().document;
  if (importTlsPeerSubject(federation, commonName).kind === "refused") return [];
  const { warnings } = await editFederation(context, request, {
    action: "create",
    edit: (settings) => importTlsPeerSubject(settings, commonName),
    resource: (after) => `tls-peer-subjects/${after.name}`,
  });
  // An authority's name is nobody's to present; that of a peer is of no use before it is selected.
  if (domainNameProblem(commonName.toLowerCase()) !== undefined) return [];
  return warnings.map(({ message }) => ({ path: "pem", message: `its subject ${commonName} ${message}` }));
}

function lostPeers(peers: readonly string[]): FieldProblem {
  const message = `connections of ${peers.join(", ")} were verified with it; they end as soon as its removal is in force`;
  return { path: "", message };
}

/** By fingerprint, with or without colons, in any case. */
function found(trusted: readonly store.TrustedCertificate[], text: string): store.TrustedCertificate {
  const id = text.replaceAll(":", "").toLowerCase();
  const certificate = trusted.find((each) => each.id === id);
  if (certificate === undefined) throw notFound(`trusted certificate ${text}`);
  return certificate;
}

/** What tells it from others once it is gone; whole, since nothing of it is secret and somebody may want it back. */
function audited({ pem, description }: Pick<store.TrustedCertificate, "pem" | "description">) {
  const [certificate] = parseCertificates(pem) ?? [];
  if (certificate === undefined) return { description, pem };
  const { subject, commonName, issuer, notAfter } = factsOf(certificate);
  return { subject, commonName, issuer, notAfter, description, pem };
}

/** As a reader sees it. Throws when the store holds what is no certificate: nothing else writes there. */
export function shownTrustCertificate({ id, pem, description, addedAt }: store.TrustedCertificate): TrustCertificate {
  const [certificate] = parseCertificates(pem) ?? [];
  if (certificate === undefined) throw new Error(`trusted certificate ${id} cannot be read`);
  return { id, description, ...factsOf(certificate), addedAt: instantText(addedAt) };
}
