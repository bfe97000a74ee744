import type { Clock, Timer } from "@interpres/runtime";
import type { Composing } from "../model/composing.ts";

/** Microsoft's clients say "type" again about this often while someone writes, and forget it when nobody does. */
const REPEAT_MS = 5000;
/** A client that never says "paused" is not believed longer than a minute. */
const MAX_REPEATS = 12;

export interface TypingOutInit {
  readonly clock: Clock;
  /** Tells the other side; false when it cannot be told now. */
  readonly tell: (state: Composing["state"]) => boolean;
  /** "repeated": the other side's notice of typing fades by itself. */
  readonly form: () => "repeated" | "once";
}

/** What the other side of a session was told of our user's typing. */
export class TypingOut {
  readonly #init: TypingOutInit;
  #told: Composing["state"] = "idle";
  #repeat: Timer | undefined;

  constructor(init: TypingOutInit) {
    this.#init = init;
  }

  /** Our user's state; only a change is told. */
  set(state: Composing["state"]): void {
    if (state === this.#told || !this.#init.tell(state)) return;
    this.#told = state;
    this.#repeat?.cancel();
    if (state === "active" && this.#init.form() === "repeated") this.#repeatLater(MAX_REPEATS);
  }

  /** A message goes out, or the session is another: idle without a word. */
  reset(): void {
    this.#repeat?.cancel();
    this.#told = "idle";
  }

  #repeatLater(left: number): void {
    this.#repeat = this.#init.clock.after(REPEAT_MS, () => {
      if (left > 0 && this.#init.tell("active")) this.#repeatLater(left - 1);
      else this.#told = "idle";
    });
  }
}
