import { isIPv6 } from "node:net";
import { type Clock, fullBucket, type TokenBucket, take } from "@interpres/runtime";
import { LRUCache } from "lru-cache";

interface Allowance {
  /** Wrong passwords at once. */
  readonly burst: number;
  readonly perSecond: number;
}

/** From one address: ten at once, then one every ten seconds. */
const OF_ADDRESS: Allowance = { burst: 10, perSecond: 0.1 };
/** For one name, from wherever: what a botnet gets together. */
const OF_NAME: Allowance = { burst: 50, perSecond: 0.1 };
const MAX_BUCKETS = 10_000;
/** Password checks under way at once; each takes memory and a core. */
const MAX_CHECKS = 8;

/** Who tries to sign in, and from where. */
export interface Attempt {
  readonly name: string;
  /** Numeric, as the socket saw it. */
  readonly address: string;
}

/**
 * Slows guessing down, by address and by name: every attempt costs both a token, and a right password gives the address
 * its tokens back. Who has been right from an address before is not held up there by what others guess of her name.
 */
export class SignInLimit {
  readonly #clock: Clock;
  readonly #addresses = new Buckets(OF_ADDRESS);
  readonly #names = new Buckets(OF_NAME);
  readonly #known = new LRUCache<string, true>({ max: MAX_BUCKETS });
  #checks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Runs `check` unless there is no token left: then the answer is how long to wait, in milliseconds. `check` says whether
   * the attempt was right.
   */
  async attempt(attempt: Attempt, check: () => Promise<boolean>): Promise<boolean | { readonly waitMs: number }> {
    const network = networkOf(attempt.address);
    const name = attempt.name.toLowerCase();
    const known = `${name} ${network}`;
    const waitMs = this.#wait(network, this.#known.has(known) ? undefined : name);
    if (waitMs > 0) return { waitMs };
    if (this.#checks >= MAX_CHECKS) return { waitMs: 1000 };
    this.#checks += 1;
    try {
      const isRight = await check();
      if (isRight) this.#addresses.refill(network);
      if (isRight) this.#known.set(known, true);
      return isRight;
    } finally {
      this.#checks -= 1;
    }
  }

  #wait(network: string, name: string | undefined): number {
    const now = this.#clock.now();
    const ofAddress = this.#addresses.take(network, now);
    return ofAddress > 0 || name === undefined ? ofAddress : this.#names.take(name, now);
  }
}

class Buckets {
  readonly #allowance: Allowance;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }

  /** Takes a token; 0, or the milliseconds until there is one. */
  take(key: string, now: number): number {
    const { burst, perSecond } = this.#allowance;
    const taken = take(this.#buckets.get(key) ?? fullBucket(perSecond, burst, now), now);
    if (taken.kind === "wait") return taken.waitMs;
    this.#keep(key, taken.bucket);
    return 0;
  }

  refill(key: string): void {
    this.#buckets.delete(key);
  }

  /** When there is no room, those that have waited longest are forgotten together: they have most of their tokens back. */
  #keep(key: string, bucket: TokenBucket): void {
    if (this.#buckets.size >= MAX_BUCKETS && !this.#buckets.has(key)) {
      const byAge = [...this.#buckets].sort(([, one], [, other]) => one.filledAt - other.filledAt);
      for (const [oldest] of byAge.slice(0, MAX_BUCKETS / 2)) this.#buckets.delete(oldest);
    }
    this.#buckets.set(key, bucket);
  }
}

/** A subscriber has a whole /64 of IPv6 addresses (RFC 6177 §2) and is one guesser all the same. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.toLowerCase().startsWith("::ffff:")) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - rest.length;
  return [...groups, ...Array.from({ length: missing }, () => "0"), ...rest].slice(0, 4).join(":");
}
