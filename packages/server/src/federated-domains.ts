import type { PeerDirectory } from "@interpres/federation";
import { type FederatedDomain, type FederatedDomains, parseJid } from "@interpres/xmpp";

/** The federated domains as users see them: written their way, with the administrator's description (R12). */
export class ShownDomains implements FederatedDomains {
  #list: readonly FederatedDomain[] = [];
  #byAlias: ReadonlyMap<string, string> = new Map();

  constructor(peers: PeerDirectory) {
    this.take(peers);
  }

  list(): readonly FederatedDomain[] {
    return this.#list;
  }

  listedAs(domain: string): string {
    return this.#byAlias.get(domain) ?? domain;
  }

  /** The domains from now on; true where users see another list. */
  take(directory: PeerDirectory): boolean {
    const before = JSON.stringify(this.#list);
    const peers = [...directory];
    this.#list = peers.map(({ domain, description }) => ({ domain: shown(domain), description }));
    this.#byAlias = new Map(peers.flatMap(({ domain, aliases }) => aliases.map((alias) => [alias, shown(domain)])));
    return JSON.stringify(this.#list) !== before;
  }
}

/** As it stands in JIDs (RFC 7622 §3.2): labels in their own script. */
function shown(domain: string): string {
  return parseJid(domain)?.domain ?? domain;
}
