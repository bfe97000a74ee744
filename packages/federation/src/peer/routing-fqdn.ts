import { isWithin } from "./domain-name.ts";

/**
 * What does not fit together between the federation routing FQDN and the domains users are known by, for people (facts R2,
 * R70): where mail domains are not the SIP proxy domain it must be a name in one of them, else one in the proxy domain.
 */
export function routingFqdnProblem(names: {
  readonly fqdn: string;
  /** Empty where none is set. */
  readonly sipProxyDomain: string;
  /** Domains of mail addresses that are used for federation. */
  readonly mailDomains: readonly string[];
}): string | undefined {
  const { fqdn, sipProxyDomain, mailDomains } = names;
  const others = mailDomains.filter((domain) => domain !== sipProxyDomain);
  if (others.length > 0) {
    if (others.some((domain) => isWithin(fqdn, domain))) return undefined;
    return `users are known by addresses in ${others.join(", ")}, and ${fqdn} is no name there: peers may refuse it`;
  }
  if (sipProxyDomain === "" || isWithin(fqdn, sipProxyDomain)) return undefined;
  return `${fqdn} is no name in the SIP proxy domain ${sipProxyDomain}: peers that find us by DNS may refuse it`;
}
