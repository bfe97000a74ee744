import { domainOf } from "../dialog/party.ts";
import type { UsagePorts } from "../dialog/usage-ports.ts";
import type { HeaderLine } from "../transaction/answer.ts";
import { answerOnce, reply } from "../transaction/reply.ts";
import type { ServerTransaction } from "../transaction/transaction-user.ts";
import { intervalAsked, LEAST_INTERVAL_SECONDS } from "./session-timer.ts";
import { SessionUsage } from "./session-usage.ts";
import type { IncomingInvite, InviteInit, Session, SessionLayer, SessionUser } from "./session-user.ts";

/** An INVITE that nobody answers does not stay for ever (RFC 3261 §13.3.1 asks for an answer or progress in 3 minutes). */
const ANSWER_SECONDS = 180;

/** Sessions both ways: calls, and answers INVITEs outside dialogs. */
export class Sessions implements SessionLayer {
  readonly #ports: UsagePorts;
  #handler: ((incoming: IncomingInvite) => void) | undefined;

  constructor(ports: UsagePorts) {
    this.#ports = ports;
  }

  onInvite(handler: (incoming: IncomingInvite) => void): void {
    this.#handler = handler;
  }

  invite(init: InviteInit, user: SessionUser): Session {
    if (this.#ports.dialogs.tally.hasRoomFor(domainOf(init.to))) return SessionUsage.call(init, user, this.#ports);
    return SessionUsage.refusedCall(init, user, this.#ports);
  }

  /** An INVITE outside a dialog. */
  receive(transaction: ServerTransaction): void {
    if (intervalAsked(transaction.request) === "too-brief") {
      reply(transaction, 422, { headers: [["Min-SE", `${LEAST_INTERVAL_SECONDS}`]] });
      return;
    }
    if (this.#handler === undefined) {
      reply(transaction, 503);
      return;
    }
    this.#handler(this.#incoming(transaction));
  }

  #incoming(transaction: ServerTransaction): IncomingInvite {
    const refuse = answerOnce(transaction);
    let isOver = false;
    let onCancelled: (() => void) | undefined;
    const giveUp = (): void => {
      isOver = true;
      patience.cancel();
      onCancelled?.();
    };
    const patience = this.#ports.clock.after(ANSWER_SECONDS * 1000, () => {
      refuse(480);
      giveUp();
    });
    transaction.user = { cancelled: giveUp };
    return {
      request: transaction.request,
      accept: (user: SessionUser, sdp: string, headers: readonly HeaderLine[] = []) => {
        patience.cancel();
        const answer = { user, sdp, headers };
        if (isOver) return SessionUsage.answerTooLate(transaction, answer, this.#ports);
        return SessionUsage.answer(transaction, answer, this.#ports);
      },
      refuse: (status, options) => {
        patience.cancel();
        refuse(status, options);
      },
      onCancelled: (handler) => {
        onCancelled = handler;
      },
    };
  }
}
