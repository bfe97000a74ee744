import { type Dialect, type DialectOverride, dialectWith } from "./dialect.ts";
import type { IntegrationType, SipFederatedDomain } from "./sip-federated-domain.ts";

/** A foreign domain we federate with, and how its product wants to be spoken to. */
export interface Peer {
  readonly domain: string;
  readonly description: string;
  readonly integrationType: IntegrationType;
  readonly directFederation: boolean;
  readonly dialect: Dialect;
}

/** The peers of one settings snapshot, by domain in lower case. */
export class PeerDirectory {
  readonly #peers: ReadonlyMap<string, Peer>;

  constructor(domains: readonly SipFederatedDomain[], overrides: readonly DialectOverride[] = []) {
    const overrideOf = new Map(overrides.map((override) => [override.domain, override]));
    this.#peers = new Map(domains.map((entry) => [entry.domain, peerFrom(entry, overrideOf.get(entry.domain))]));
  }

  /** Undefined for a domain nobody has added. */
  get(domain: string): Peer | undefined {
    return this.#peers.get(domain);
  }

  [Symbol.iterator](): IterableIterator<Peer> {
    return this.#peers.values();
  }
}

function peerFrom(entry: SipFederatedDomain, override: DialectOverride | undefined): Peer {
  const { domain, description, integrationType, directFederation } = entry;
  return { domain, description, integrationType, directFederation, dialect: dialectWith(integrationType, override) };
}
