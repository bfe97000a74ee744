import type { Clock, Timer } from "@interpres/runtime";

const SECOND_MS = 1000;
const TICK_MS = 10;

/**
 * Counts what comes in a second, wherever it begins. What comes while this process sleeps is stamped when it wakes: by as
 * much as it has slept lately a second is shorter.
 */
export class EdgeRate {
  readonly #clock: Clock;
  readonly #arrivals: number[] = [];
  readonly #naps: { readonly at: number; readonly lateMs: number }[] = [];
  #tick: Timer | undefined;
  #expectedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#watchSleep();
  }

  /** One more came. By how many this second has seen more than `limit`; 0 while it has not. */
  arrived(limit: number): number {
    const now = this.#clock.now();
    this.#noteLateness(now);
    this.#arrivals.push(now);
    const napMs = this.#naps.reduce((longest, { lateMs }) => Math.max(longest, lateMs), 0);
    const since = now - SECOND_MS + napMs;
    while ((this.#arrivals[0] ?? now) <= now - SECOND_MS) this.#arrivals.shift();
    return Math.max(0, this.#arrivals.filter((at) => at > since).length - limit);
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
