import type { Clock, Timer } from "@interpres/runtime";

const SECOND_MS = 1000;
const TICK_MS = 10;

/**
 * Counts what comes in a second, wherever it begins. What comes while this process sleeps is stamped when it wakes: by as
 * much as it has slept lately a second is shorter.
 */
export class EdgeRate {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #arrivals: number[] = [];
  readonly #naps: { readonly at: number; readonly lateMs: number }[] = [];
  #tick: Timer | undefined;
  #expectedAt = 0;

  constructor({ clock, limit }: { readonly clock: Clock; readonly limit: number }) {
    this.#clock = clock;
    this.#limit = limit;
    this.#watchSleep();
  }

  /** One more came. How many too many this second has seen; 0 while it is within the limit. */
  arrived(): number {
    const now = this.#clock.now();
    this.#noteLateness(now);
    this.#arrivals.push(now);
    const napMs = this.#naps.reduce((longest, { lateMs }) => Math.max(longest, lateMs), 0);
    const since = now - SECOND_MS + napMs;
    while ((this.#arrivals[0] ?? now) <= now - SECOND_MS) this.#arrivals.shift();
    return Math.max(0, this.#arrivals.filter((at) => at > since).length - this.#limit);
  }

  stop(): void {
    this.#tick?.cancel();
  }

  #watchSleep(): void {
    this.#expectedAt = this.#clock.now() + TICK_MS;
    this.#tick = this.#clock.after(TICK_MS, () => {
      this.#noteLateness(this.#clock.now());
      this.#watchSleep();
    });
  }

  #noteLateness(now: number): void {
    const lateMs = now - this.#expectedAt;
    if (lateMs > 1) this.#naps.push({ at: now, lateMs });
    while ((this.#naps[0]?.at ?? now) < now - 2 * SECOND_MS) this.#naps.shift();
  }
}
