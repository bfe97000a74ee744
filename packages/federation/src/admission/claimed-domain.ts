import { parseAddress, SyntaxProblem } from "@interpres/sip";
import type { MaySpeak } from "../trust/may-speak.ts";
import type { PeerIdentity } from "../trust/peer-identity.ts";
import type { IncomingAcl } from "./incoming-acl.ts";
import type { Objection } from "./objection.ts";

/** Who sends, and in whose name: the same for every request of one connection with one From domain. */
export interface Origin {
  readonly identity: PeerIdentity;
  /** The federated domain that From claims to come from. */
  readonly domain: string;
}

/** The domain a From URI claims, or the empty string when no person is named so. */
export function claimedDomainOf(fromUri: string): string {
  const uri = parseAddress(fromUri);
  return uri instanceof SyntaxProblem ? "" : uri.host.toLowerCase();
}

/**
 * The From domain is none an administrator has added; ours are not among them (contract §7). Where the clearing house
 * speaks for it, it is one that has to be added by itself (facts R7).
 */
export function notFederated(
  domain: string,
  identity: PeerIdentity,
  { maySpeak, clearingHouse }: { readonly maySpeak: MaySpeak; readonly clearingHouse: string },
): Objection {
  const isBehindIt = domain !== clearingHouse && maySpeak.allows(identity, clearingHouse);
  const advice = isBehindIt ? `, of type aol to be reached by ${clearingHouse}` : "";
  return forbid("domain-not-federated", domain, `a SIP federated domain${advice}`);
}

/** What the access list is asked with. */
export interface AclRules {
  readonly acl: IncomingAcl;
  readonly mayComeFrom: (address: string) => boolean;
}

/**
 * Some entry of the access list must match the From domain, a name of the certificate, or the address (facts B2.2). Who
 * has no certificate is known by his address and its name alone, so that the domain he claims lets nobody in.
 */
export function allowedByAcl({ domain, identity }: Origin, { acl, mayComeFrom }: AclRules): Objection | undefined {
  const isAllowed =
    identity.proof === "address"
      ? mayComeFrom(identity.address) || identity.hostNames.some((name) => acl.allowsHost(name))
      : acl.allowsDomain(domain) ||
        acl.allowsAddress(identity.address) ||
        identity.names.some((name) => acl.allowsHost(name));
  if (isAllowed) return undefined;
  return forbid("incoming-acl", `${domain} from ${identity.label}`, "an entry of the incoming access list");
}

/** What the connection proves must be bound to the From domain: a route, an SRV record, a binding (design §5). */
export function claimedDomain({ domain, identity }: Origin, maySpeak: MaySpeak): Objection | undefined {
  if (maySpeak.allows(identity, domain)) return undefined;
  const names = [...identity.names, ...identity.hostNames];
  const proved = names.length > 0 ? names.join(", ") : identity.address;
  return forbid("claimed-domain", `${domain} claimed by ${proved}`, [...maySpeak.namesFor(domain)].join(", "));
}

function forbid(rule: string, presented: string, expected: string): Objection {
  return { rule, status: 403, reason: "Forbidden", presented, expected };
}
