import type { Clock, Timer } from "@interpres/runtime";

interface FakeTimer {
  readonly dueAt: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that moves only when told. Timers fire in order of their due time, equal ones in order of their start. */
export class FakeClock implements Clock {
  #now: number;
  #started = 0;
  #timers: FakeTimer[] = [];

  /** `startAt` in milliseconds since 1970; by default a fixed day in 2026. */
  constructor(startAt = Date.UTC(2026, 0, 5, 8)) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  /** How many timers wait: zero at the end of a test that leaks none. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** Milliseconds until the next timer, or undefined when none waits. */
  get nextTimerMs(): number | undefined {
    const next = this.#timers[0];
    return next === undefined ? undefined : next.dueAt - this.#now;
  }

  /** As the port says, never before this call returns: a delay of zero fires one millisecond later. */
  after(delayMs: number, run: () => void): Timer {
    this.#started += 1;
    const timer = { dueAt: this.#now + Math.max(1, Math.ceil(delayMs)), order: this.#started, run };
    this.#timers.splice(this.#positionOf(timer), 0, timer);
    return { cancel: () => this.#cancel(timer) };
  }

  /** Moves time by `milliseconds` and fires what falls due on the way, with `now()` at each timer's own due time. */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (let timer = this.#takeDue(until); timer !== undefined; timer = this.#takeDue(until)) timer.run();
    this.#now = until;
  }

  /** `advance` for code with promises: lets the pending ones run before, between and after the timers. */
  async elapse(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    await settled();
    for (let timer = this.#takeDue(until); timer !== undefined; timer = this.#takeDue(until)) {
      timer.run();
      await settled();
    }
    this.#now = until;
  }

  #takeDue(until: number): FakeTimer | undefined {
    const first = this.#timers[0];
    if (first === undefined || first.dueAt > until) return undefined;
    this.#timers.shift();
    this.#now = first.dueAt;
    return first;
  }

  #cancel(timer: FakeTimer): void {
    const position = this.#positionOf(timer);
    if (this.#timers[position] === timer) this.#timers.splice(position, 1);
  }

  /** Binary search, so that a test may keep a hundred thousand timers. */
  #positionOf(timer: FakeTimer): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle];
      if (other !== undefined && isBefore(other, timer)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isBefore(left: FakeTimer, right: FakeTimer): boolean {
  return left.dueAt === right.dueAt ? left.order < right.order : left.dueAt < right.dueAt;
}

/** Resolves when the promises that could run have run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
