import {
  CertificatePurpose,
  Certificates,
  certificatePurposes,
  OwnCertificate,
  OwnCertificateInput,
  SigningRequest,
  SigningRequestInput,
} from "@interpres/admin-api";
import type * as store from "@interpres/store";
import Type from "typebox";
import type { AdminContext } from "./admin-context.ts";
import { type AdminApp, principal } from "./authenticate.ts";
import {
  chainProblems,
  factsOf,
  fingerprintOf,
  isForServersAndClients,
  parseCertificates,
  parsePrivateKey,
} from "./certificate-facts.ts";
import { withWarnings } from "./edit-federation.ts";
import { conflict, invalidInput, notFound } from "./problem-error.ts";
import { shownTrustCertificate } from "./trust-certificates.ts";

const Key = Type.Object({ purpose: CertificatePurpose });
const tags = ["certificates"];

/** `/certificates` and `/certificates/own/{purpose}`: what this server shows of itself. */
export function registerOwnCertificates(app: AdminApp, context: AdminContext): void {
  const { certificates } = context;

  app.get(
    "/certificates",
    { config: { access: "auditor" }, schema: { response: { 200: Certificates }, tags } },
    async () => {
      const own = await Promise.all(certificatePurposes.map((purpose) => showOwnCertificate(purpose, context)));
      return {
        own: own.filter((each) => each !== undefined),
        trust: certificates.trusted().map(shownTrustCertificate),
      };
    },
  );

  app.get(
    "/certificates/own/:purpose",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: OwnCertificate }, tags } },
    async ({ params }) => {
      const shown = await showOwnCertificate(params.purpose, context);
      if (shown === undefined) throw notFound(`certificate for ${params.purpose}`);
      return shown;
    },
  );

  app.put(
    "/certificates/own/:purpose",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: OwnCertificateInput, response: { 200: OwnCertificate }, tags },
    },
    async (request) => {
      const { purpose } = request.params;
      const { certificate, fingerprint, warnings } = await check(purpose, request.body, context);
      await certificates.putOwn(purpose, certificate, {
        actor: principal(request).name,
        action: "update",
        resource: `certificates/own/${purpose}`,
        before: { fingerprint256: fingerprintOfStored(certificates.own(purpose)) },
        after: { fingerprint256: fingerprint },
      });
      const shown = await showOwnCertificate(purpose, context);
      if (shown === undefined) throw new Error(`certificate for ${purpose} was not kept`);
      return withWarnings(shown, warnings);
    },
  );

  app.post(
    "/certificates/own/:purpose/csr",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: SigningRequestInput, response: { 201: SigningRequest }, tags },
    },
    async (request, reply) => {
      const { purpose } = request.params;
      const { commonName = context.node.fqdn, dnsNames = [commonName] } = request.body;
      const { csrPem, keyPem } = await context.createSigningRequest({ commonName, dnsNames });
      await certificates.putRequest(purpose, keyPem, {
        actor: principal(request).name,
        action: "create",
        resource: `certificates/own/${purpose}/csr`,
        after: { commonName, dnsNames },
      });
      reply.code(201);
      return { purpose, csrPem };
    },
  );
}

interface Checked {
  readonly certificate: store.OwnCertificate;
  readonly fingerprint: string;
  readonly warnings: readonly { readonly path: string; readonly message: string }[];
}

async function check(
  purpose: CertificatePurpose,
  { chainPem, keyPem }: OwnCertificateInput,
  context: AdminContext,
): Promise<Checked> {
  const pem = keyPem ?? (await context.certificates.requestKey(purpose));
  if (pem === undefined)
    throw conflict("no-signing-request", { path: "keyPem", message: "is needed: no signing request is pending" });
  const chain = parseCertificates(chainPem);
  const key = parsePrivateKey(pem);
  const [own] = chain ?? [];
  if (chain === undefined || own === undefined)
    throw invalidInput([{ path: "chainPem", message: "is not a chain of PEM certificates" }]);
  if (key === undefined)
    throw invalidInput([{ path: "keyPem", message: "is not a PEM private key without passphrase" }]);
  const errors = chainProblems(chain, key, context.clock.now());
  if (errors.length > 0) throw invalidInput(errors);
  const needsBoth = purpose === "sip" || purpose === "xmpp-s2s";
  const message = "is not for servers and clients both, so peers will refuse it when we call them";
  return {
    certificate: {
      chainPem: chain.map((each) => each.toString()).join(""),
      keyPem: key.export({ type: "pkcs8", format: "pem" }).toString(),
    },
    fingerprint: fingerprintOf(own),
    warnings: needsBoth && !isForServersAndClients(own) ? [{ path: "chainPem", message }] : [],
  };
}

/** The present certificate of a purpose, for people; undefined while there is none. */
export async function showOwnCertificate(
  purpose: CertificatePurpose,
  context: AdminContext,
): Promise<OwnCertificate | undefined> {
  const stored = context.certificates.own(purpose);
  const [own] = parseCertificates(stored?.chainPem ?? "") ?? [];
  if (stored === undefined || own === undefined) return undefined;
  const { pem: _pem, ...facts } = factsOf(own);
  const hasPendingRequest = (await context.certificates.requestKey(purpose)) !== undefined;
  return { purpose, ...facts, chainPem: stored.chainPem, hasPendingRequest };
}

function fingerprintOfStored(stored: store.OwnCertificate | undefined): string | null {
  const [own] = parseCertificates(stored?.chainPem ?? "") ?? [];
  return own === undefined ? null : fingerprintOf(own);
}
