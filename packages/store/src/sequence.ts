import type { Clock } from "@interpres/runtime";

/** Room for a thousand numbers a millisecond; below 2^53 until the year 2255. */
const NUMBERS_PER_MS = 1000;

/** Ever-growing numbers that follow the clock and never repeat, also after the clock was set back. */
export class Sequence {
  readonly #clock: Clock;
  #last: number;

  /** `last`: the highest number handed out before, 0 when there was none. */
  constructor(clock: Clock, last: number) {
    this.#clock = clock;
    this.#last = last;
  }

  next(): number {
    this.#last = Math.max(this.#last + 1, this.#clock.now() * NUMBERS_PER_MS);
    return this.#last;
  }
}
