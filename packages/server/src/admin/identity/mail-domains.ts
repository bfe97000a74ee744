import { isFederated, type Problem, routingFqdnProblem } from "@interpres/federation";
import type { AdminContext } from "../admin-context.ts";
import type { ClusterSettings } from "../node/cluster-settings.ts";

type Ports = Pick<AdminContext, "mailAddresses" | "node">;

/** The domains by whose mail addresses foreign domains know users of ours; none while JIDs are used. */
export function mailDomainsInUse(
  { presence, federation }: ClusterSettings,
  { mailAddresses }: Pick<Ports, "mailAddresses">,
): readonly string[] {
  if (!presence.useEmailAddressWhenFederating) return [];
  const { sipFederatedDomains } = federation;
  return [...mailAddresses.domains().keys()].filter((domain) => !isFederated(domain, sipFederatedDomains)).sort();
}

/** Domains that are foreign and in which users of ours have mail addresses: one of the two has to go. */
export function federatedMailDomains(
  { federation }: Pick<ClusterSettings, "federation">,
  { mailAddresses }: Pick<Ports, "mailAddresses">,
): readonly string[] {
  const { sipFederatedDomains } = federation;
  return [...mailAddresses.domains().keys()].filter((domain) => isFederated(domain, sipFederatedDomains)).sort();
}

/** Those, as what stands in the way of switching mail addresses on. */
export function mailDomainCollisions(
  document: ClusterSettings,
  ports: Pick<Ports, "mailAddresses">,
): readonly Problem[] {
  return federatedMailDomains(document, ports).map((domain) => ({
    path: "useEmailAddressWhenFederating",
    message: `${domain} is a SIP federated domain, and users of ours have mail addresses in it`,
  }));
}

/** Why a Mail ID may not be in `domain`: that is a foreign one while mail addresses are used (facts R67). */
export function mailDomainProblem(
  domain: string,
  { presence, federation }: Pick<ClusterSettings, "presence" | "federation">,
): string | undefined {
  if (!presence.useEmailAddressWhenFederating || !isFederated(domain, federation.sipFederatedDomains)) return undefined;
  return `is in ${domain}, a SIP federated domain, while users are known by their mail address`;
}

/** The name under which peers find this cluster. */
export function federationFqdn({ federation }: Pick<ClusterSettings, "federation">, { node }: Pick<Ports, "node">) {
  return federation.serviceParameters["sip-proxy"].federationRoutingFqdn || node.fqdn;
}

/**
 * What does not fit together where mail addresses are used (facts R70): when mail domains are not the SIP proxy domain,
 * the federation routing FQDN must be a name in one of them.
 */
export function mailAddressWarnings(document: ClusterSettings, ports: Ports): readonly Problem[] {
  const { sipProxyDomain } = document.cluster;
  const mailDomains = mailDomainsInUse(document, ports);
  const message = routingFqdnProblem({ fqdn: federationFqdn(document, ports), sipProxyDomain, mailDomains });
  return message === undefined ? [] : [{ path: "federationRoutingFqdn", message }];
}
