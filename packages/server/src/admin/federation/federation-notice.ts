import { FederationNotice, NoticeQuery, UserNotice } from "@interpres/admin-api";
import {
  federationRecordText,
  isWithin,
  normalName,
  PEER_AUTH_CONTEXT,
  type SipFederatedDomain,
  servedDomains,
} from "@interpres/federation";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { instantText } from "../http/instant.ts";
import { notFound } from "../http/problem-error.ts";
import { federationFqdn, mailDomainsInUse } from "../identity/mail-domains.ts";
import type { ClusterSettings } from "../node/cluster-settings.ts";
import { factsOf, parseCertificates } from "../trust/certificate-facts.ts";
import { authorityOf } from "../trust/own-authority.ts";
import { federationNoticeText, userNoticeText } from "./notice-text.ts";

const Key = Type.Object({ domain: Type.String() });

/** `/federation/{domain}/notice` and `/presence-settings/user-notice`: letters from the settings as they are. */
export function registerFederationNotices(app: AdminApp, context: AdminContext): void {
  app.get(
    "/federation/:domain/notice",
    {
      config: { access: "auditor" },
      schema: { params: Key, querystring: NoticeQuery, response: { 200: FederationNotice }, tags: ["federation"] },
    },
    async (request, reply) => answer(federationNotice(request.params.domain, context), request, reply),
  );

  app.get(
    "/presence-settings/user-notice",
    {
      config: { access: "auditor" },
      schema: { querystring: NoticeQuery, response: { 200: UserNotice }, tags: ["presence-settings"] },
    },
    async (request, reply) => answer(userNotice(context), request, reply),
  );
}

/** JSON, or the letter alone for one who asks for text. */
function answer<Notice extends { readonly text: string }>(
  notice: Notice,
  { query, headers }: FastifyRequest<{ Querystring: { readonly format?: "json" | "text" } }>,
  reply: FastifyReply,
): Notice {
  const format = query.format ?? (headers.accept?.startsWith("text/plain") === true ? "text" : "json");
  if (format === "json") return notice;
  reply.type("text/plain; charset=utf-8").serializer(({ text }: Notice) => text);
  return notice;
}

function userNotice(context: AdminContext): UserNotice {
  const facts = addressesOf(context.settings.current().document, context);
  return { ...facts, text: userNoticeText(facts) };
}

function federationNotice(name: string, context: AdminContext): FederationNotice {
  const { document } = context.settings.current();
  const peer = document.federation.sipFederatedDomains.find(({ domain }) => domain === normalName(name));
  if (peer === undefined) throw notFound(`SIP federated domain ${name}`);
  const addresses = addressesOf(document, context);
  const [host, port] = [federationFqdn(document, context), context.sipTlsPort()];
  const facts = {
    domain: peer.domain,
    integrationType: peer.integrationType,
    addresses,
    host,
    port,
    records: recordsOf(addresses.domains, { host, port }),
    certificate: ownCertificate(context),
    expectedSubjects: expectedSubjects(peer, document),
  };
  return { ...facts, text: federationNoticeText(facts) };
}

type Addresses = FederationNotice["addresses"];

function addressesOf(document: ClusterSettings, context: AdminContext): Addresses {
  const localDomains = servedDomains(document.federation);
  const { useEmailAddressWhenFederating, acceptJidUntil } = document.presence;
  if (!useEmailAddressWhenFederating) return { knownBy: "jid", domains: [...localDomains], acceptJidUntil: null };
  const isAhead = acceptJidUntil !== null && acceptJidUntil > context.clock.now();
  const domains = new Set([...mailDomainsInUse(document, context), ...domainsOfJids(context)]);
  return { knownBy: "email", domains: [...domains], acceptJidUntil: isAhead ? instantText(acceptJidUntil) : null };
}

/** Where users are who keep their JID. */
function domainsOfJids({ accounts, mailAddresses }: AdminContext): ReadonlySet<string> {
  const byJid = accounts.list().filter((account) => mailAddresses.standing(account).kind === "jid");
  return new Set(byJid.map(({ jid }) => jid.slice(jid.lastIndexOf("@") + 1)));
}

function recordsOf(
  domains: readonly string[],
  { host, port }: { readonly host: string; readonly port: number },
): string[] {
  return domains.map((domain) => federationRecordText(domain, { host, port }));
}

function ownCertificate({ certificates }: AdminContext): FederationNotice["certificate"] {
  const [own] = parseCertificates(certificates.own("sip")?.chainPem ?? "") ?? [];
  if (own === undefined) return null;
  const { commonName, dnsNames, issuer, notAfter, fingerprint256 } = factsOf(own);
  const [authority] = parseCertificates(authorityOf(certificates).chainPem) ?? [];
  const isOurs = authority !== undefined && own.checkIssued(authority);
  return {
    commonName,
    dnsNames,
    issuer,
    notAfter,
    fingerprint256,
    authorityPem: isOurs ? authority.toString() : null,
  };
}

/** The selected subjects that are bound to the domain, or lie in it. */
function expectedSubjects({ domain }: SipFederatedDomain, { federation }: ClusterSettings): string[] {
  const selected = federation.tlsContexts.find(({ name }) => name === PEER_AUTH_CONTEXT)?.peerSubjects ?? [];
  const bound = federation.tlsPeerSubjects.filter(({ speaksFor }) => speaksFor?.includes(domain) === true);
  return selected.filter((name) => isWithin(normalName(name), domain) || bound.some((each) => each.name === name));
}
