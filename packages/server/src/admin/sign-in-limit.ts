import { type Clock, fullBucket, type TokenBucket, take } from "@interpres/runtime";

/** Wrong passwords from one address: ten at once, then one every ten seconds. */
const BURST = 10;
const RATE_PER_SECOND = 0.1;
const MAX_ADDRESSES = 10_000;
/** Password checks under way at once; each takes memory and a core. */
const MAX_CHECKS = 8;

/** Slows guessing down: every attempt costs its address a token, a right password gives them all back. */
export class SignInLimit {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();
  #checks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Runs `check` unless the address has no token left: then the answer is how long to wait, in milliseconds. `check` says
   * whether the attempt was right.
   */
  async attempt(address: string, check: () => Promise<boolean>): Promise<boolean | { readonly waitMs: number }> {
    const now = this.#clock.now();
    const taken = take(this.#buckets.get(address) ?? fullBucket(RATE_PER_SECOND, BURST, now), now);
    if (taken.kind === "wait") return { waitMs: taken.waitMs };
    if (this.#checks >= MAX_CHECKS) return { waitMs: 1000 };
    this.#keep(address, taken.bucket);
    this.#checks += 1;
    try {
      const isRight = await check();
      if (isRight) this.#buckets.delete(address);
      return isRight;
    } finally {
      this.#checks -= 1;
    }
  }

  /** When there is no room, those that have waited longest are forgotten together: they have most of their tokens back. */
  #keep(address: string, bucket: TokenBucket): void {
    if (this.#buckets.size >= MAX_ADDRESSES && !this.#buckets.has(address)) {
      const byAge = [...this.#buckets].sort(([, one], [, other]) => one.filledAt - other.filledAt);
      for (const [oldest] of byAge.slice(0, MAX_ADDRESSES / 2)) this.#buckets.delete(oldest);
    }
    this.#buckets.set(address, bucket);
  }
}
