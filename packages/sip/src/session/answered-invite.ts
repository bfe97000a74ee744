import type { Clock, Timer } from "@interpres/runtime";
import type { SipRequest } from "../message/message.ts";
import type { BaseTimers } from "../transaction/timers.ts";

export interface AnsweredInviteParts {
  readonly clock: Clock;
  readonly timers: BaseTimers;
  /** Passes the 2xx to the transaction. */
  readonly send: () => void;
  /** No ACK in 64*T1. */
  readonly unacknowledged: () => void;
}

/**
 * Repeats our 2xx to an INVITE until its ACK, over any transport: after T1, doubling up to T2, for 64*T1 (RFC 3261
 * §13.3.1.4, RFC 6026 §8.1).
 */
export class AnsweredInvite {
  readonly sequence: number;
  readonly #parts: AnsweredInviteParts;
  #repeat: Timer | undefined;
  readonly #deadline: Timer;

  constructor(invite: SipRequest, parts: AnsweredInviteParts) {
    this.sequence = invite.cseq.number;
    this.#parts = parts;
    parts.send();
    this.#deadline = parts.clock.after(64 * parts.timers.t1Ms, () => {
      this.stop();
      parts.unacknowledged();
    });
    this.#repeatAfter(parts.timers.t1Ms);
  }

  stop(): void {
    this.#repeat?.cancel();
    this.#deadline.cancel();
  }

  #repeatAfter(delayMs: number): void {
    const { clock, timers, send } = this.#parts;
    this.#repeat = clock.after(delayMs, () => {
      send();
      this.#repeatAfter(Math.min(delayMs * 2, timers.t2Ms));
    });
  }
}
