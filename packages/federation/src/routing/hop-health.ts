import type { Clock } from "@interpres/runtime";
import type { NextHop } from "@interpres/sip";

const REMEMBERED_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 600_000;
/** More than these at once and the network is down as a whole; forgetting then does no harm. */
const MOST_FAILED = 4096;

/** Which hops have failed lately: they are tried after the others, not left out (RFC 3263 §4.3). */
export class HopHealth {
  readonly #clock: Clock;
  readonly #failedUntil = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** No connection, no answer, or a 503, whose Retry-After says for how long (RFC 3261 §21.5.4). */
  failed(hop: NextHop, retryAfterSeconds?: number): void {
    if (this.#failedUntil.size >= MOST_FAILED) this.#failedUntil.clear();
    const forMs =
      retryAfterSeconds === undefined ? REMEMBERED_MS : Math.min(retryAfterSeconds * 1000, LONGEST_RETRY_AFTER_MS);
    this.#failedUntil.set(placeOf(hop), this.#clock.now() + forMs);
  }

  answered(hop: NextHop): void {
    if (this.#failedUntil.size > 0) this.#failedUntil.delete(placeOf(hop));
  }

  /** Those that failed lately go last; otherwise the order stays. */
  ordered(hops: readonly NextHop[]): readonly NextHop[] {
    if (this.#failedUntil.size === 0 || hops.length < 2) return hops;
    const [ill, well] = [hops.filter((hop) => this.#isIll(hop)), hops.filter((hop) => !this.#isIll(hop))];
    return ill.length === 0 ? hops : [...well, ...ill];
  }

  #isIll(hop: NextHop): boolean {
    const place = placeOf(hop);
    const until = this.#failedUntil.get(place);
    if (until === undefined) return false;
    if (until > this.#clock.now()) return true;
    this.#failedUntil.delete(place);
    return false;
  }
}

/** The transport address, as text. */
function placeOf(hop: NextHop): string {
  return `${hop.protocol}:${hop.host}:${hop.port}`;
}
