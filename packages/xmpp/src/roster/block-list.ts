import type { Jid } from "../address/jid.ts";

/** The JIDs a user blocks (XEP-0191): full, bare, domain with resource, or a whole domain with its subdomains. */
export class BlockList {
  readonly #jids: Set<string>;

  /** `jids` prepared (RFC 7622). */
  constructor(jids: Iterable<string>) {
    this.#jids = new Set(jids);
  }

  get size(): number {
    return this.#jids.size;
  }

  /** In the order they were blocked. */
  list(): readonly string[] {
    return [...this.#jids];
  }

  add(jids: readonly string[]): void {
    for (const jid of jids) this.#jids.add(jid);
  }

  remove(jids: readonly string[]): void {
    for (const jid of jids) this.#jids.delete(jid);
  }

  clear(): void {
    this.#jids.clear();
  }

  /** Whether stanzas from and to `jid` are blocked, by the matching order of XEP-0191 §3 (JID Matching). */
  blocks(jid: Jid): boolean {
    if (this.#jids.size === 0) return false;
    return this.#has(jid.toString()) || this.#has(jid.bare.toString()) || this.#blocksDomain(jid);
  }

  #blocksDomain(jid: Jid): boolean {
    const { domain } = jid;
    if (jid.kind === "full" && this.#has(`${domain}/${jid.resource}`)) return true;
    for (let start = 0; start >= 0; start = afterDot(domain, start)) {
      if (this.#has(domain.slice(start))) return true;
    }
    return false;
  }

  #has(jid: string): boolean {
    return this.#jids.has(jid);
  }
}

function afterDot(domain: string, from: number): number {
  const dot = domain.indexOf(".", from);
  return dot < 0 ? -1 : dot + 1;
}
