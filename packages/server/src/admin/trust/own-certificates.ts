import { createPrivateKey, X509Certificate } from "node:crypto";
import { isAbsolute } from "node:path";
import {
  CertificateNames,
  CertificatePurpose,
  Certificates,
  certificatePurposes,
  type FieldProblem,
  OwnCertificate,
  OwnCertificateInput,
  type PeerCertificate,
  SigningRequest,
} from "@interpres/admin-api";
import { type CertificateSubject, domainNameProblem, normalName } from "@interpres/federation";
import type * as store from "@interpres/store";
import type { FastifyRequest } from "fastify";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { withWarnings } from "../federation/edit-federation.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { instantText } from "../http/instant.ts";
import { conflict, invalidInput, notFound } from "../http/problem-error.ts";
import { certificateCalendar } from "./certificate-calendar.ts";
import { factsOf, fingerprintOf, parseCertificates, readCertificates } from "./certificate-facts.ts";
import { readPair } from "./certificate-files.ts";
import { authorityOf, issueOwn, wantedCertificates } from "./own-authority.ts";
import { type CheckedOwnCertificate, checkOwnCertificate } from "./own-certificate-check.ts";
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
        authority: factsOf(new X509Certificate(authorityOf(certificates).chainPem)),
        trust: certificates.trusted().map(shownTrustCertificate),
        peers: context.peerCertificates.list().map(shownPeerCertificate),
        calendar: [...certificateCalendar(context)],
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
      const checked = await given(purpose, request.body, context);
      return await keep({ purpose, ...checked, action: "update" }, request, context);
    },
  );

  app.post(
    "/certificates/own/:purpose/csr",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: CertificateNames, response: { 201: SigningRequest }, tags },
    },
    async (request, reply) => {
      const { purpose } = request.params;
      const names = namesFor(purpose, request.body, context);
      const { csrPem, keyPem } = await context.createSigningRequest(names);
      await certificates.putRequest(purpose, keyPem, {
        actor: principal(request).name,
        action: "create",
        resource: `certificates/own/${purpose}/csr`,
        after: names,
      });
      reply.code(201);
      return { purpose, csrPem };
    },
  );

  app.post(
    "/certificates/own/:purpose/regenerate",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: CertificateNames, response: { 200: OwnCertificate }, tags },
    },
    async (request) => {
      const { purpose } = request.params;
      const made = await issueOwn(namesFor(purpose, request.body, context), context);
      return await keep({ purpose, ...check(purpose, made, context), action: "regenerate" }, request, context);
    },
  );
}

function shownPeerCertificate({ name, pem, version, cipher, seenAt }: store.SeenCertificate): PeerCertificate {
  return { name, ...factsOf(new X509Certificate(pem)), tlsVersion: version, cipher, seenAt: instantText(seenAt) };
}

/** A certificate as text, or the files it is to be read from, now and whenever they change. */
async function given(purpose: CertificatePurpose, input: OwnCertificateInput, context: AdminContext): Promise<Checked> {
  const { chainPem, keyPem, chainPath, keyPath } = input;
  if (chainPath !== undefined || keyPath !== undefined) {
    if (chainPem !== undefined || keyPem !== undefined)
      throw invalidInput([{ path: "chainPath", message: "cannot be given together with text" }]);
    return await inFiles(purpose, { chainPath: chainPath ?? "", keyPath: keyPath ?? "" }, context);
  }
  if (chainPem === undefined) throw invalidInput([{ path: "chainPem", message: "is required, or chainPath" }]);
  return check(purpose, { chainPem, keyPem: keyPem ?? (await keptKey(purpose, chainPem, context)) }, context);
}

async function inFiles(
  purpose: CertificatePurpose,
  files: store.CertificateFilePaths,
  context: AdminContext,
): Promise<Checked> {
  const relative = (["chainPath", "keyPath"] as const).filter((path) => !isAbsolute(files[path]));
  if (relative.length > 0) throw invalidInput(relative.map((path) => ({ path, message: "must be an absolute path" })));
  const read = await readPair(files);
  if (read.kind === "unreadable") throw invalidInput([{ path: read.path, message: read.message }]);
  const checked = checkOwn(purpose, read.pair, context);
  if (checked.kind === "usable") return { ...checked, certificate: { ...checked.certificate, files } };
  throw invalidInput(checked.errors.map(({ path, message }) => ({ path: path.replace(/Pem$/, "Path"), message })));
}

interface Checked {
  readonly certificate: store.OwnCertificate;
  readonly fingerprint: string;
  readonly warnings: readonly FieldProblem[];
}

/** Throws everything that is wrong with it. */
function check(purpose: CertificatePurpose, pair: store.OwnCertificate, context: AdminContext): Checked {
  const checked = checkOwn(purpose, pair, context);
  if (checked.kind === "refused") throw invalidInput(checked.errors);
  return checked;
}

type CheckSources = Pick<AdminContext, "clock" | "node" | "settings" | "certificates">;

/** What this node has to say of a certificate that is to be its own. */
export function checkOwn(
  purpose: CertificatePurpose,
  pair: store.OwnCertificate,
  sources: CheckSources,
): CheckedOwnCertificate {
  return checkOwnCertificate(pair, {
    purpose,
    now: sources.clock.now(),
    names: namesShown(purpose, sources),
    trusted: sources.certificates.trusted().map(({ pem }) => pem),
  });
}

/** By what name somebody who meets this certificate knows us. */
export function namesShown(
  purpose: CertificatePurpose,
  { node, settings }: Pick<CheckSources, "node" | "settings">,
): readonly string[] {
  const { localDomains, serviceParameters } = settings.current().document.federation;
  const { federationRoutingFqdn } = serviceParameters["sip-proxy"];
  switch (purpose) {
    case "sip":
      return [...new Set([node.fqdn, federationRoutingFqdn])].filter((name) => name !== "");
    case "admin":
      return [node.fqdn];
    case "xmpp":
    case "xmpp-s2s":
      return localDomains;
  }
}

async function keep(
  { purpose, certificate, fingerprint, warnings, action }: Checked & { purpose: CertificatePurpose; action: string },
  request: FastifyRequest,
  context: AdminContext,
): Promise<OwnCertificate> {
  const { certificates } = context;
  await certificates.putOwn(purpose, certificate, {
    actor: principal(request).name,
    action,
    resource: `certificates/own/${purpose}`,
    before: { fingerprint256: fingerprintOfStored(certificates.own(purpose)) },
    after: { fingerprint256: fingerprint },
  });
  const shown = await showOwnCertificate(purpose, context);
  if (shown === undefined) throw new Error(`certificate for ${purpose} was not kept`);
  return withWarnings(shown, warnings);
}

/** The key that waits for this chain: of the pending request, or the present one when its certificate is renewed. */
async function keptKey(purpose: CertificatePurpose, chainPem: string, context: AdminContext): Promise<string> {
  const read = readCertificates(chainPem);
  if (read.kind === "problem") throw invalidInput([{ path: "chainPem", message: read.message }]);
  const [own] = read.certificates;
  const pending = await context.certificates.requestKey(purpose);
  const keys = [pending, context.certificates.own(purpose)?.keyPem].filter((key) => key !== undefined);
  const key = keys.find((pem) => own.checkPrivateKey(createPrivateKey(pem)));
  if (key !== undefined) return key;
  if (pending === undefined)
    throw conflict("no-signing-request", {
      path: "keyPem",
      message: "is needed: no signing request is pending, and the certificate is not for the present key",
    });
  const message = "is for neither the key of the pending signing request nor the present one; give keyPem with it";
  throw invalidInput([{ path: "chainPem", message }]);
}

/** As asked for, else as the node needs them. Throws for a name that is none. */
function namesFor(
  purpose: CertificatePurpose,
  asked: CertificateNames,
  { node, settings }: AdminContext,
): CertificateSubject {
  const { localDomains } = settings.current().document.federation;
  const wanted = wantedCertificates(node.fqdn, localDomains).find((each) => each.purpose === purpose);
  if (wanted === undefined) throw new Error(`no certificate is wanted for ${purpose}`);
  const commonName = asked.commonName ?? wanted.commonName;
  const dnsNames = asked.dnsNames ?? (asked.commonName === undefined ? wanted.dnsNames : [commonName]);
  const errors = [
    ...nameProblems("commonName", commonName),
    ...dnsNames.flatMap((name, index) => nameProblems(`dnsNames.${index}`, name)),
  ];
  if (errors.length > 0) throw invalidInput(errors);
  return { commonName, dnsNames, key: wanted.key };
}

function nameProblems(path: string, name: string): readonly FieldProblem[] {
  const message = domainNameProblem(normalName(name.replace(/^\*\./, "")));
  return message === undefined || name === "localhost" ? [] : [{ path, message }];
}

/** What the API shows of the certificate of a purpose; undefined where there is none. */
export async function showOwnCertificate(
  purpose: CertificatePurpose,
  context: AdminContext,
): Promise<OwnCertificate | undefined> {
  const stored = context.certificates.own(purpose);
  const [own] = parseCertificates(stored?.chainPem ?? "") ?? [];
  if (stored === undefined || own === undefined) return undefined;
  const { pem: _pem, ...facts } = factsOf(own);
  const hasPendingRequest = (await context.certificates.requestKey(purpose)) !== undefined;
  const { files, chainPem } = stored;
  const problem = context.certificateFiles.problemOf(purpose) ?? null;
  return { purpose, ...facts, chainPem, hasPendingRequest, files: files === undefined ? null : { ...files, problem } };
}

function fingerprintOfStored(stored: store.OwnCertificate | undefined): string | null {
  const [own] = parseCertificates(stored?.chainPem ?? "") ?? [];
  return own === undefined ? null : fingerprintOf(own);
}
