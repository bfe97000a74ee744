import type { Clock, Timer } from "./clock.ts";

const TICK_MS = 4;
const SLOTS = 256;
const LEVELS = 5;
/** Node's timers take no more than 31 bits. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

/** One timer: a node of the doubly linked list of its slot, so that starting and cancelling cost the same at any count. */
class WheelTimer implements Timer {
  previous: WheelTimer | undefined;
  next: WheelTimer | undefined;
  slot: Slot | undefined;
  dueTick: number;
  readonly run: () => void;
  readonly #wheel: TimerWheel;

  constructor(wheel: TimerWheel, dueTick: number, run: () => void) {
    this.#wheel = wheel;
    this.dueTick = dueTick;
    this.run = run;
  }

  cancel(): void {
    if (this.slot === undefined) return;
    this.slot.remove(this);
    this.#wheel.cancelled();
  }
}

/** What the wheel needs of the machine; a test gives it a machine of its own. */
export interface Machine {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since any moment; never goes back. */
  monotonic(): number;
  /** Calls `run` after `delayMs`; the answer takes the call back. */
  wake(delayMs: number, run: () => void): () => void;
}

const thisMachine: Machine = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  wake: (delayMs, run) => {
    const handle = setTimeout(run, delayMs).unref();
    return () => clearTimeout(handle);
  },
};

class Slot {
  first: WheelTimer | undefined;

  add(timer: WheelTimer): void {
    timer.slot = this;
    timer.previous = undefined;
    timer.next = this.first;
    if (this.first !== undefined) this.first.previous = timer;
    this.first = timer;
  }

  remove(timer: WheelTimer): void {
    if (timer.previous === undefined) this.first = timer.next;
    else timer.previous.next = timer.next;
    if (timer.next !== undefined) timer.next.previous = timer.previous;
    timer.slot = undefined;
    timer.previous = undefined;
    timer.next = undefined;
  }
}

/**
 * A hierarchical timer wheel: hundreds of thousands of timers behind one `setTimeout` of the machine. Granularity 4 ms;
 * the longest delay is about 139 years, longer ones fire then. It sleeps until the next occupied slot.
 */
export class TimerWheel implements Clock {
  readonly #machine: Machine;
  readonly #origin: number;
  readonly #levels: readonly (readonly Slot[])[];
  #tick = 0;
  #count = 0;
  #wakeTick = Number.POSITIVE_INFINITY;
  #takeBack: (() => void) | undefined;
  #turning = false;

  constructor(machine: Machine = thisMachine) {
    this.#machine = machine;
    this.#origin = machine.monotonic();
    this.#levels = Array.from({ length: LEVELS }, () => Array.from({ length: SLOTS }, () => new Slot()));
  }

  now(): number {
    return this.#machine.now();
  }

  after(delayMs: number, run: () => void): Timer {
    if (this.#count === 0 && !this.#turning) this.#tick = this.#presentTick();
    const ticks = Math.max(1, Math.ceil((this.#elapsed() + Math.max(0, delayMs)) / TICK_MS) - this.#tick);
    const timer = new WheelTimer(this, this.#tick + ticks, run);
    this.#place(timer);
    this.#count += 1;
    if (timer.dueTick < this.#wakeTick) this.#sleepUntil(timer.dueTick);
    return timer;
  }

  /** Told by a timer that left its slot. */
  cancelled(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#takeBack?.();
    this.#takeBack = undefined;
    this.#wakeTick = Number.POSITIVE_INFINITY;
  }

  #elapsed(): number {
    return this.#machine.monotonic() - this.#origin;
  }

  #presentTick(): number {
    return Math.floor(this.#elapsed() / TICK_MS);
  }

  #place(timer: WheelTimer): void {
    let distance = timer.dueTick - this.#tick;
    let span = 1;
    let level = 0;
    while (level < LEVELS - 1 && distance >= SLOTS) {
      distance = Math.floor(distance / SLOTS);
      span *= SLOTS;
      level += 1;
    }
    this.#slot(level, Math.floor(timer.dueTick / span)).add(timer);
  }

  #slot(level: number, position: number): Slot {
    const slot = this.#levels[level]?.[position % SLOTS];
    if (slot === undefined) throw new Error(`timer wheel has no level ${level}`);
    return slot;
  }

  #sleepUntil(tick: number): void {
    if (this.#turning) return;
    this.#takeBack?.();
    this.#wakeTick = tick;
    const delay = Math.max(1, Math.ceil(tick * TICK_MS - this.#elapsed()));
    this.#takeBack = this.#machine.wake(Math.min(delay, LONGEST_SLEEP_MS), () => this.#turn());
  }

  #turn(): void {
    this.#takeBack = undefined;
    this.#turning = true;
    try {
      const until = this.#presentTick();
      while (this.#tick < until && this.#count > 0) this.#advance();
    } finally {
      this.#turning = false;
      this.#wakeTick = Number.POSITIVE_INFINITY;
      if (this.#count > 0) this.#sleepUntil(this.#nextOccupiedTick());
    }
  }

  #advance(): void {
    this.#tick += 1;
    let span = 1;
    for (let level = 1; level < LEVELS && this.#tick % (span * SLOTS) === 0; level += 1) {
      span *= SLOTS;
      this.#cascade(this.#slot(level, Math.floor(this.#tick / span)));
    }
    const slot = this.#slot(0, this.#tick);
    // A timer started by a callback lands at least one tick ahead, so this ends.
    for (let timer = slot.first; timer !== undefined; timer = slot.first) {
      slot.remove(timer);
      this.#count -= 1;
      timer.run();
    }
  }

  #cascade(slot: Slot): void {
    for (let timer = slot.first; timer !== undefined; timer = slot.first) {
      slot.remove(timer);
      this.#place(timer);
    }
  }

  /** The next tick with work: an occupied slot of the finest level, else the next cascade. */
  #nextOccupiedTick(): number {
    const cascade = (Math.floor(this.#tick / SLOTS) + 1) * SLOTS;
    for (let tick = this.#tick + 1; tick < cascade; tick += 1) {
      if (this.#slot(0, tick).first !== undefined) return tick;
    }
    return cascade;
  }
}
