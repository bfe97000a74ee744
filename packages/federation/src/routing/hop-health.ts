import type { Clock } from "@interpres/runtime";
import type { NextHop } from "@interpres/sip";

const REMEMBERED_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 600_000;
/** More than these at once and the network is down as a whole; forgetting then does no harm. */
const MOST_REMEMBERED = 4096;

/** How hops fare: which have failed lately, and which want to be left alone for a while. */
export class HopHealth {
  readonly #clock: Clock;
  readonly #failedUntil = new Map<string, number>();
  readonly #closedUntil = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** No connection, no answer, or a 503: for a while it is tried after the others, not left out (RFC 3263 §4.3). */
  failed(hop: NextHop): void {
    this.#remember(this.#failedUntil, hop, REMEMBERED_MS);
  }

  /** It asked for no requests for so long, ten minutes at most (RFC 3261 §21.5.4). Answers for how long, in ms. */
  askedToWait(hop: NextHop, seconds: number): number {
    const forMs = Math.min(seconds * 1000, LONGEST_RETRY_AFTER_MS);
    this.#remember(this.#closedUntil, hop, forMs);
    return forMs;
  }

  /** That it takes connections ends no wait that it asked for. */
  answered(hop: NextHop): void {
    if (this.#failedUntil.size > 0) this.#failedUntil.delete(placeOf(hop));
  }

  /** Milliseconds until it may be sent new requests; 0 = now. */
  closedMs(hop: NextHop): number {
    return this.#closedUntil.size === 0 ? 0 : this.#left(this.#closedUntil, placeOf(hop));
  }

  /** Hops that want to be left alone now. */
  get closed(): number {
    return [...this.#closedUntil.keys()].filter((place) => this.#left(this.#closedUntil, place) > 0).length;
  }

  /** Those that failed lately or want to be left alone go last; otherwise the order stays. */
  ordered(hops: readonly NextHop[]): readonly NextHop[] {
    if (this.#failedUntil.size + this.#closedUntil.size === 0 || hops.length < 2) return hops;
    const [ill, well] = [hops.filter((hop) => this.#isIll(hop)), hops.filter((hop) => !this.#isIll(hop))];
    return ill.length === 0 ? hops : [...well, ...ill];
  }

  #isIll(hop: NextHop): boolean {
    return this.#left(this.#failedUntil, placeOf(hop)) > 0 || this.closedMs(hop) > 0;
  }

  #remember(until: Map<string, number>, hop: NextHop, forMs: number): void {
    if (until.size >= MOST_REMEMBERED) until.clear();
    until.set(placeOf(hop), this.#clock.now() + forMs);
  }

  #left(until: Map<string, number>, place: string): number {
    const leftMs = (until.get(place) ?? 0) - this.#clock.now();
    if (leftMs > 0) return leftMs;
    until.delete(place);
    return 0;
  }
}

/** The transport address, as text. */
function placeOf(hop: NextHop): string {
  return `${hop.protocol}:${hop.host}:${hop.port}`;
}
