import type { Clock } from "@interpres/runtime";
import { LRUCache } from "lru-cache";
import { skeletonOf } from "./skeleton.ts";

export interface KnownAddressesPorts {
  readonly clock: Clock;
  /** Local users and the foreign contacts they have to do with, as bare JIDs, and the domains of both. */
  readonly known: () => Iterable<string>;
}

/** An index serves this long: whoever looks at a page of addresses asks again and again. */
const FRESH_MS = 5000;
const MOST_ALIKE = 3;

/** Finds, among the addresses known here, those that an address could be taken for (RFC 7247 §8). */
export class KnownAddresses {
  readonly #ports: KnownAddressesPorts;
  readonly #skeletons = new LRUCache<string, string>({ max: 50_000 });
  #bySkeleton: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  #indexedAt = Number.NEGATIVE_INFINITY;

  constructor(ports: KnownAddressesPorts) {
    this.#ports = ports;
  }

  /** Others than itself, at most three. */
  looksLike(address: string): readonly string[] {
    const alike = this.#index().get(this.#skeletonOf(address)) ?? [];
    return [...alike].filter((other) => other !== address).slice(0, MOST_ALIKE);
  }

  #index(): ReadonlyMap<string, ReadonlySet<string>> {
    const now = this.#ports.clock.now();
    if (now - this.#indexedAt < FRESH_MS) return this.#bySkeleton;
    const index = new Map<string, Set<string>>();
    for (const address of this.#ports.known()) {
      const skeleton = this.#skeletonOf(address);
      const alike = index.get(skeleton);
      if (alike === undefined) index.set(skeleton, new Set([address]));
      else alike.add(address);
    }
    this.#indexedAt = now;
    this.#bySkeleton = index;
    return index;
  }

  #skeletonOf(address: string): string {
    const known = this.#skeletons.get(address);
    if (known !== undefined) return known;
    const skeleton = skeletonOf(address);
    this.#skeletons.set(address, skeleton);
    return skeleton;
  }
}
