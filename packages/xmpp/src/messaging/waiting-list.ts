import type { Clock, Timer } from "@interpres/runtime";

/** Something that waits for the same time as all others of its list. */
export interface Waiting {
  /** The time is up; called once, after the entry has left the list. */
  expired(): void;
}

/** An entry's place in the list; `leave` before the time is up ends the wait, afterwards it does nothing. */
export interface Place {
  leave(): void;
}

/** A doubly linked place; the list's two ends are places too, so that none has a missing neighbour. */
class Link implements Place {
  previous: Link = this;
  next: Link = this;
  readonly waiting: Waiting | undefined;
  readonly dueAt: number;

  constructor(waiting: Waiting | undefined, dueAt: number) {
    this.waiting = waiting;
    this.dueAt = dueAt;
  }

  leave(): void {
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.previous = this;
    this.next = this;
  }

  enterBefore(next: Link): void {
    this.previous = next.previous;
    this.next = next;
    next.previous.next = this;
    next.previous = this;
  }
}

/** Many waits of about the same length behind one timer; entering and leaving cost the same at any length of the list. */
export class WaitingList {
  readonly #clock: Clock;
  readonly #ends = new Link(undefined, 0);
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `expired` is called `waitMs` from now, or later if an earlier entry waits longer. */
  enter(waiting: Waiting, waitMs: number): Place {
    const link = new Link(waiting, this.#clock.now() + waitMs);
    link.enterBefore(this.#ends);
    this.#timer ??= this.#clock.after(waitMs, () => this.#expire());
    return link;
  }

  /** Nobody is waited for any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #expire(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (let first = this.#ends.next; first !== this.#ends && first.dueAt <= now; first = this.#ends.next) {
      first.leave();
      first.waiting?.expired();
    }
    const [left] = [this.#ends.next];
    if (left !== this.#ends) this.#timer = this.#clock.after(left.dueAt - now, () => this.#expire());
  }
}
