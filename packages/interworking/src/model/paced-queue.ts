import { type Clock, Fifo, fullBucket, type Timer, type TokenBucket, take } from "@interpres/runtime";

/** Lower goes first: what people wait for, then what they see, then what keeps things alive. */
export type Priority = "message" | "presence" | "refresh";

/** Who stands behind others has a timer already, unless the line is being emptied just now. */
const LATER_MS = 1;

const order: readonly Priority[] = ["message", "presence", "refresh"];

export interface PacedQueueOptions {
  readonly clock: Clock;
  /** 0 = not paced. */
  readonly ratePerSecond: number;
  readonly burst: number;
  /** How many may wait in all. */
  readonly limit: number;
  /** Milliseconds until the peer takes one more request, whoever sends it; 0 = now. */
  readonly room: () => number;
}

/**
 * Keeps what would become a request to one peer until the peer has room: three lines, the first one never waits for the
 * others. A token bucket spreads them; that no second holds more than the rate is seen to where requests leave.
 */
export class PacedQueue {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #lanes: Readonly<Record<Priority, Fifo<() => void>>> = {
    message: new Fifo(),
    presence: new Fifo(),
    refresh: new Fifo(),
  };
  readonly #room: () => number;
  #bucket: TokenBucket | undefined;
  #timer: Timer | undefined;

  constructor({ clock, ratePerSecond, burst, limit, room }: PacedQueueOptions) {
    this.#clock = clock;
    this.#limit = limit;
    this.#room = room;
    this.#bucket = ratePerSecond > 0 ? fullBucket(ratePerSecond, burst, clock.now()) : undefined;
  }

  get waiting(): number {
    return this.#lanes.message.length + this.#lanes.presence.length + this.#lanes.refresh.length;
  }

  /** Runs `run` now or when its turn comes. "full": it will not run, too many wait. */
  pass(priority: Priority, run: () => void): "accepted" | "full" {
    const waitMs = this.#bucket === undefined ? 0 : this.waiting > 0 ? LATER_MS : this.#take(this.#bucket);
    if (waitMs === 0) {
      run();
      return "accepted";
    }
    if (this.waiting >= this.#limit) return "full";
    this.#lanes[priority].add(run);
    this.#schedule(waitMs);
    return "accepted";
  }

  /** Forgets everything that waits. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const priority of order) this.#lanes[priority].clear();
  }

  /** Milliseconds to wait for the next turn; 0 when it was taken now. */
  #take(bucket: TokenBucket): number {
    const taken = take(bucket, this.#clock.now());
    if (taken.kind === "wait") return taken.waitMs;
    const waitMs = this.#room();
    if (waitMs === 0) this.#bucket = taken.bucket;
    return waitMs;
  }

  #schedule(waitMs: number): void {
    this.#timer ??= this.#clock.after(waitMs, () => {
      this.#timer = undefined;
      this.#drain();
    });
  }

  #drain(): void {
    while (this.#bucket !== undefined && this.waiting > 0) {
      const waitMs = this.#take(this.#bucket);
      if (waitMs > 0) {
        this.#schedule(waitMs);
        return;
      }
      this.#next()?.();
    }
  }

  #next(): (() => void) | undefined {
    for (const priority of order) {
      const run = this.#lanes[priority].take();
      if (run !== undefined) return run;
    }
    return undefined;
  }
}
