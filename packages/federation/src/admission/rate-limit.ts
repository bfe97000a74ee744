import { type Clock, fullBucket, type TokenBucket, take } from "@interpres/runtime";
import type { Peer } from "../peer/peer-directory.ts";
import type { Objection } from "./objection.ts";

/** These end something or cannot be answered: refusing them would only keep more alive. */
const FREE: ReadonlySet<string> = new Set(["ACK", "BYE", "CANCEL"]);

/** One token bucket for each peer: a domain that sends too much is told when to come back (RFC 3261 §21.5.4). */
export class RateLimit {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ask(peer: Peer, method: string): Objection | undefined {
    if (FREE.has(method)) return undefined;
    const { inboundRatePerSecond: rate, inboundBurst: burst } = peer.dialect;
    const now = this.#clock.now();
    const bucket = this.#buckets.get(peer.domain) ?? fullBucket(rate, burst, now);
    const taken = take(bucket, now);
    if (taken.kind === "taken") {
      this.#buckets.set(peer.domain, taken.bucket);
      return undefined;
    }
    return {
      rule: "rate-limit",
      status: 503,
      reason: "Service Unavailable",
      presented: `more than ${rate} requests a second from ${peer.domain}`,
      expected: `${rate} a second, ${burst} at once`,
      retryAfterSeconds: Math.max(1, Math.ceil(taken.waitMs / 1000)),
    };
  }

  /** New rates begin with a full bucket; those of peers that are gone are dropped. */
  reset(): void {
    this.#buckets.clear();
  }
}
