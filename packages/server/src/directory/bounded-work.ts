/** Lets so many tasks run at once and so many wait; more are turned away. */
export class BoundedWork {
  readonly #running: number;
  readonly #waitingLimit: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor({ running, waiting }: { readonly running: number; readonly waiting: number }) {
    this.#running = running;
    this.#waitingLimit = waiting;
    this.#free = running;
  }

  /** True while another task would be turned away. */
  get isFull(): boolean {
    return this.#free === 0 && this.#waiting.length >= this.#waitingLimit;
  }

  /** Tasks under way. */
  get running(): number {
    return this.#running - this.#free;
  }

  /** Runs the task when there is room and settles as it does; not to be called while full. */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.isFull) throw new Error("there is no room for another task");
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      // The place goes from one to the next.
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
