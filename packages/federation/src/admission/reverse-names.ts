import { type Clock, type DnsAnswer, type Logger, type Resolver, reverseNameOf } from "@interpres/runtime";
import { LRUCache } from "lru-cache";

export interface ReverseNamesInit {
  readonly clock: Clock;
  readonly resolver: Resolver;
  readonly log: Logger;
}

interface Known {
  readonly names: readonly string[];
  readonly until: number;
}

/** Longer nobody waits for a name; the answer counts for the next who asks. */
const PATIENCE_MS = 2000;
const SHORTEST_SECONDS = 30;
const LONGEST_SECONDS = 3600;
/** How long an address without a name, or without an answer, stays one. */
const NAMELESS_SECONDS = 60;
const MOST_ADDRESSES = 10_000;
/** Addresses looked up at once; few enough to leave the resolver to routing. */
const MOST_ASKING = 16;
/** Names of one address that are confirmed; a zone may claim any number. */
const MOST_NAMES = 4;

/**
 * What addresses are called, by DNS: the names of their PTR records that lead back to the address (RFC 1912 §2.1, facts
 * B2.2). Never waited for by anybody but who comes from that address.
 */
export class ReverseNames {
  readonly #init: ReverseNamesInit;
  readonly #known = new LRUCache<string, Known>({ max: MOST_ADDRESSES });
  readonly #asking = new Map<string, Promise<void>>();

  constructor(init: ReverseNamesInit) {
    this.#init = init;
  }

  /** The confirmed names, lower case; undefined before the first answer. One that ran out is renewed meanwhile. */
  known(address: string): readonly string[] | undefined {
    const known = this.#known.get(address);
    if (known !== undefined && known.until <= this.#init.clock.now()) void this.ask(address);
    return known?.names;
  }

  /** Settles when `known` has an answer, after two seconds at the latest; undefined when too many are asked for. */
  ask(address: string): Promise<void> | undefined {
    const asking = this.#asking.get(address);
    if (asking !== undefined) return asking;
    if (this.#asking.size >= MOST_ASKING) return undefined;
    const answering = this.#inTime(address).then(() => {
      this.#asking.delete(address);
    });
    this.#asking.set(address, answering);
    return answering;
  }

  #inTime(address: string): Promise<void> {
    const { clock, log } = this.#init;
    return new Promise((resolve) => {
      const late = clock.after(PATIENCE_MS, () => {
        log.warn("reverse-name.slow", { address, afterMs: PATIENCE_MS });
        if (this.#known.get(address) === undefined) this.#keep(address, [], NAMELESS_SECONDS);
        resolve();
      });
      void this.#lookUp(address).then(({ names, ttlSeconds }) => {
        this.#keep(address, names, ttlSeconds);
        late.cancel();
        resolve();
      });
    });
  }

  #keep(address: string, names: readonly string[], ttlSeconds: number): void {
    this.#known.set(address, { names, until: this.#init.clock.now() + ttlSeconds * 1000 });
  }

  async #lookUp(address: string): Promise<{ readonly names: readonly string[]; readonly ttlSeconds: number }> {
    const pointers = await this.#init.resolver.resolve(reverseNameOf(address), "PTR");
    if (pointers.kind !== "records") return { names: [], ttlSeconds: NAMELESS_SECONDS };
    const names: string[] = [];
    let ttlSeconds = pointers.ttlSeconds;
    for (const { name } of pointers.records.slice(0, MOST_NAMES)) {
      const forward = await this.#addressesOf(name, address);
      if (forward.kind !== "records" || !forward.records.some((record) => isSame(record.address, address))) continue;
      names.push(name.toLowerCase());
      ttlSeconds = Math.min(ttlSeconds, forward.ttlSeconds);
    }
    if (names.length === 0) return { names, ttlSeconds: NAMELESS_SECONDS };
    return { names, ttlSeconds: Math.max(SHORTEST_SECONDS, Math.min(LONGEST_SECONDS, ttlSeconds)) };
  }

  #addressesOf(name: string, address: string): Promise<DnsAnswer<"A" | "AAAA">> {
    return this.#init.resolver.resolve(name, address.includes(":") ? "AAAA" : "A");
  }
}

/** Addresses as DNS and sockets write them: in IPv6 they may differ in case and zeros. */
function isSame(left: string, right: string): boolean {
  return left === right || reverseNameOf(left) === reverseNameOf(right);
}
