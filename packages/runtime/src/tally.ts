/** How many there may be in all, and of one: an address, a peer, a domain. */
export interface TallyLimits {
  readonly maximum: number;
  readonly maximumOfOne: number;
}

const LONGEST_WAIT_SECONDS = 60;
/** Samples that are closer together say nothing. */
const SAMPLE_MS = 1000;

/** Counts what is alive against two bounds, so that one who takes too much leaves room for the others. */
export class Tally {
  readonly limits: TallyLimits;
  readonly #of = new Map<string, number>();
  #total = 0;
  #left = 0;
  #sample: { readonly at: number; readonly left: number } | undefined;
  #leavingPerSecond = 0;

  constructor(limits: TallyLimits) {
    this.limits = limits;
  }

  get total(): number {
    return this.#total;
  }

  of(key: string): number {
    return this.#of.get(key) ?? 0;
  }

  hasRoomFor(key: string): boolean {
    return this.#total < this.limits.maximum && this.of(key) < this.limits.maximumOfOne;
  }

  /** Counts one more, or says that there is no room for it. Each that entered leaves once. */
  enter(key: string): "entered" | "full" {
    if (!this.hasRoomFor(key)) return "full";
    this.add(key);
    return "entered";
  }

  /** Counts one that is there whether there is room or not. */
  add(key: string): void {
    this.#of.set(key, this.of(key) + 1);
    this.#total += 1;
  }

  leave(key: string): void {
    const present = this.of(key);
    if (present <= 1) this.#of.delete(key);
    else this.#of.set(key, present - 1);
    this.#total -= 1;
    this.#left += 1;
  }

  /**
   * When to come back (Retry-After, RFC 3261 §20.33): seconds until a tenth of one's room is free, as fast as things have
   * left between the last times this was asked. `now` in milliseconds. Between 1 and 60.
   */
  secondsUntilRoom(now: number): number {
    const sample = this.#sample;
    if (sample === undefined || now - sample.at >= SAMPLE_MS) {
      if (sample !== undefined) this.#leavingPerSecond = ((this.#left - sample.left) * 1000) / (now - sample.at);
      this.#sample = { at: now, left: this.#left };
    }
    const room = Math.max(1, this.limits.maximumOfOne / 10);
    return Math.min(LONGEST_WAIT_SECONDS, Math.max(1, Math.ceil(room / this.#leavingPerSecond)));
  }
}
