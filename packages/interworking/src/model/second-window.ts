const SLOT_MS = 50;
/** One slot more than a second holds: any second, wherever it begins, lies within them. */
const SLOTS = 1000 / SLOT_MS + 1;

/** Counts what passed in slots of 50 ms and lets no second, wherever it begins, hold more than `limit`. */
export class SecondWindow {
  readonly #limit: number;
  readonly #counts = new Uint32Array(SLOTS);
  #slot = 0;
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts one at `now` (milliseconds) and answers 0, or answers how many milliseconds to wait. */
  take(now: number): number {
    this.#roll(Math.floor(now / SLOT_MS));
    if (this.#total >= this.#limit) return this.#untilOldestLeaves(now);
    const index = this.#slot % SLOTS;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
    return 0;
  }

  #roll(slot: number): void {
    // A clock that went back counts in the slot that was the newest.
    for (let passed = 0; this.#slot < slot && passed < SLOTS; passed += 1) {
      this.#slot += 1;
      const index = this.#slot % SLOTS;
      this.#total -= this.#counts[index] ?? 0;
      this.#counts[index] = 0;
    }
    if (this.#slot < slot) this.#slot = slot;
  }

  #untilOldestLeaves(now: number): number {
    for (let slot = this.#slot - SLOTS + 1; slot <= this.#slot; slot += 1) {
      if ((this.#counts[((slot % SLOTS) + SLOTS) % SLOTS] ?? 0) > 0) return (slot + SLOTS) * SLOT_MS - now;
    }
    return SLOT_MS;
  }
}
