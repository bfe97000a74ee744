import type { NodeDomainChange } from "@interpres/admin-api";
import {
  type CertificatePurpose,
  domainNameProblem,
  type FederationSettings,
  federationName,
  federationRecordText,
  normalName,
  type SipFederatedDomain,
} from "@interpres/federation";
import { type WantedCertificate, wantedCertificates } from "../trust/own-authority.ts";
import { domainOf, hostOf } from "./node-domains.ts";

/** What is the case before a node's domain changes. */
export interface DomainFacts {
  readonly node: string;
  readonly fqdn: string;
  readonly sipProxyDomain: string;
  readonly federation: FederationSettings;
  readonly sipTlsPort: number;
  /** The domain a DHCP server gave this machine. */
  readonly dhcpDomain: string | undefined;
  /** Who signed the certificates of ours that somebody else signed. */
  readonly foreignIssuers: ReadonlyMap<CertificatePurpose, string>;
}

/** What changing the domain means: all that is told before and after. */
export interface DomainPlan extends Omit<NodeDomainChange, "applied"> {
  readonly domain: string;
  readonly wanted: readonly WantedCertificate[];
}

export type DomainPlanning =
  | { readonly kind: "planned"; readonly plan: DomainPlan }
  | { readonly kind: "refused"; readonly message: string };

/** Whether this node may be in `name` from now on, and what that brings with it (facts R2, R31 to R36). */
export function planDomain(name: string, facts: DomainFacts): DomainPlanning {
  const domain = normalName(name);
  const fqdn = { from: facts.fqdn, to: `${hostOf(facts.fqdn)}.${domain}` };
  const problem = domainNameProblem(domain) ?? domainNameProblem(normalName(fqdn.to));
  if (problem !== undefined) return { kind: "refused", message: problem };
  if (domain === normalName(domainOf(facts.fqdn)))
    return { kind: "refused", message: `${domain} is the domain of this node already` };
  const federationRoutingFqdn = routingFqdn(facts, fqdn);
  const wanted = wantedCertificates(fqdn.to, facts.federation.localDomains);
  const certificates = wanted.map(({ purpose, commonName }) => {
    return { purpose, commonName, replacesIssuer: facts.foreignIssuers.get(purpose) ?? null };
  });
  const change = { node: facts.node, fqdn, federationRoutingFqdn, certificates };
  return {
    kind: "planned",
    plan: {
      ...change,
      domain,
      wanted,
      warnings: warningsOf(domain, facts),
      records: recordsFor(federationRoutingFqdn === null ? undefined : fqdn.to, facts),
      peers: facts.federation.sipFederatedDomains.map((peer) => noticeFor(peer, change, facts)),
    },
  };
}

/** R2: it goes along when it was the old name of this node, or stood for it. */
function routingFqdn({ federation }: DomainFacts, fqdn: Renaming): Renaming | null {
  const { federationRoutingFqdn: routing } = federation.serviceParameters["sip-proxy"];
  return normalName(routing) === normalName(fqdn.from) || routing === "" ? { ...fqdn } : null;
}

type Renaming = NodeDomainChange["fqdn"];

function warningsOf(domain: string, { sipProxyDomain, dhcpDomain }: DomainFacts): string[] {
  const warnings: string[] = [];
  if (dhcpDomain !== undefined)
    warnings.push(`DHCP gives this machine the domain ${dhcpDomain}; only where DHCP is not used is it set here`);
  if (sipProxyDomain !== "" && normalName(sipProxyDomain) !== domain)
    warnings.push(`${domain} is not the SIP proxy domain ${sipProxyDomain}; the two should be the same`);
  return warnings;
}

/** What our own zones must say. Where peers know another name, no record changes. */
function recordsFor(target: string | undefined, { federation, sipTlsPort }: DomainFacts): string[] {
  if (target === undefined) return [];
  const to = { host: target, port: sipTlsPort };
  const services = federation.localDomains.map((domain) => federationRecordText(domain, to));
  return [...services, `${target}. IN A <public address of this node>`];
}

type Change = Pick<DomainPlan, "fqdn" | "federationRoutingFqdn" | "certificates">;

/** What the administrator of one foreign domain must change on his side (facts B14). */
function noticeFor(
  { domain, integrationType, directFederation }: SipFederatedDomain,
  change: Change,
  { federation }: DomainFacts,
): DomainPlan["peers"][number] {
  const { from, to } = change.fqdn;
  const issuer = change.certificates.find(({ purpose }) => purpose === "sip")?.replacesIssuer ?? null;
  const changes = [`the subject name of our certificate is ${to}, no longer ${from}`];
  if (issuer !== null)
    changes.push(`our certificate is signed by this node's own authority (ca.pem), no longer by ${issuer}: import it`);
  if (change.federationRoutingFqdn !== null) {
    const entry = `${entryOf(integrationType, directFederation ? "direct" : "edge")} ${from} becomes ${to}`;
    const names = federation.localDomains.map(federationName).join(", ");
    changes.push(entry, `the SRV target of ${names} is ${to}; forget what is cached of it`);
  }
  return { domain, integrationType, changes };
}

function entryOf(type: SipFederatedDomain["integrationType"], way: "direct" | "edge"): string {
  switch (type) {
    case "microsoft":
      return way === "direct"
        ? "in the trusted application, host authorization and static route:"
        : "in the provider entry of the Access Edge: network address";
    case "aol":
      return "in the registration with the clearing house: FQDN";
    case "standard":
      return "in the route to our domain, and wherever our host is named:";
  }
}
