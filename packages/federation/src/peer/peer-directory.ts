import { type Dialect, type DialectOverride, dialectWith } from "./dialect.ts";
import { domainAliases } from "./domain-aliases.ts";
import type { IntegrationType, SipFederatedDomain } from "./sip-federated-domain.ts";

/** A foreign domain we federate with, and how its product wants to be spoken to. */
export interface Peer {
  readonly domain: string;
  /** Other domains of the same users (facts R9): on the wire they are addressed at `domain`. */
  readonly aliases: readonly string[];
  readonly description: string;
  readonly integrationType: IntegrationType;
  readonly directFederation: boolean;
  readonly dialect: Dialect;
}

/** The peers of one settings snapshot, by domain in lower case; those with aliases by each of their domains. */
export class PeerDirectory {
  readonly #peers: ReadonlyMap<string, Peer>;
  readonly #byAlias: ReadonlyMap<string, Peer>;

  constructor(domains: readonly SipFederatedDomain[], overrides: readonly DialectOverride[] = []) {
    const overrideOf = new Map(overrides.map((override) => [override.domain, override]));
    const added = new Set(domains.map(({ domain }) => domain));
    const aliasesOf = (entry: SipFederatedDomain): readonly string[] =>
      entry.integrationType === "aol" ? freeAliases(entry.domain, added) : NO_ALIASES;
    const peers = domains.map((entry) => peerFrom(entry, overrideOf.get(entry.domain), aliasesOf(entry)));
    this.#peers = new Map(peers.map((peer) => [peer.domain, peer]));
    this.#byAlias = new Map(peers.flatMap((peer) => peer.aliases.map((alias) => [alias, peer] as const)));
  }

  /** Undefined for a domain nobody has added. */
  get(domain: string): Peer | undefined {
    return this.#peers.get(domain) ?? this.#byAlias.get(domain);
  }

  [Symbol.iterator](): IterableIterator<Peer> {
    return this.#peers.values();
  }
}

/** Whether a domain, in lower case, is one that was added or an alias of one: what `PeerDirectory` would find. */
export function isFederated(domain: string, added: readonly SipFederatedDomain[]): boolean {
  if (added.some((entry) => entry.domain === domain)) return true;
  const home = domainAliases.find(({ alias }) => alias === domain)?.domain;
  return home !== undefined && added.some((entry) => entry.integrationType === "aol" && entry.domain === home);
}

const NO_ALIASES: readonly string[] = [];

/** An alias that was added as a domain of its own is one. */
function freeAliases(domain: string, added: ReadonlySet<string>): readonly string[] {
  return domainAliases.filter((entry) => entry.domain === domain && !added.has(entry.alias)).map(({ alias }) => alias);
}

function peerFrom(entry: SipFederatedDomain, override: DialectOverride | undefined, aliases: readonly string[]): Peer {
  const { domain, description, integrationType, directFederation } = entry;
  const dialect = dialectWith(integrationType, override);
  return { domain, aliases, description, integrationType, directFederation, dialect };
}
