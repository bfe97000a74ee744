import type { Peer, PeerDirectory } from "../peer/peer-directory.ts";
import type { MaySpeak } from "../trust/may-speak.ts";
import { type AclRules, allowedByAcl, claimedDomain, notFederated, type Origin } from "./claimed-domain.ts";
import { type Answer, answersOf, firstObjection, type NamedQuestion, type Objection } from "./objection.ts";

/** What the questions about who sends read; one object for each settings snapshot. */
export interface OriginRules extends AclRules {
  readonly peers: PeerDirectory;
  readonly maySpeak: MaySpeak;
  readonly clearingHouse: string;
}

/** What was found of one origin. */
export type JudgedOrigin =
  | { readonly kind: "peer"; readonly peer: Peer }
  | { readonly kind: "refused"; readonly domain: string; readonly objection: Objection };

interface OriginFacts extends Origin {
  readonly rules: OriginRules;
}

/** Asked once for each connection and From domain. */
const originQuestions: readonly NamedQuestion<OriginFacts>[] = [
  { rule: "incoming-acl", ask: (facts) => allowedByAcl(facts, facts.rules) },
  { rule: "claimed-domain", ask: (facts) => claimedDomain(facts, facts.rules.maySpeak) },
];

/** Whether requests in the name of a domain, in any of its spellings, are taken from this identity. */
export function judgeOrigin({ domain: claimed, identity }: Origin, rules: OriginRules): JudgedOrigin {
  const peer = rules.peers.get(claimed);
  if (peer === undefined)
    return { kind: "refused", domain: claimed, objection: notFederated(claimed, identity, rules) };
  const { domain } = peer;
  const objection = firstObjection(originQuestions, { domain, identity, rules });
  return objection === undefined ? { kind: "peer", peer } : { kind: "refused", domain, objection };
}

/** What each question says to a federated domain that this identity sends for. */
export function answersToOrigin(origin: Origin, rules: OriginRules): readonly Answer[] {
  return answersOf(originQuestions, { ...origin, rules });
}
