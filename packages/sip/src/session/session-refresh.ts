import type { Clock } from "@interpres/runtime";
import type { DialogRequest } from "../dialog/dialog.ts";
import type { SipMessage, SipResponse } from "../message/message.ts";
import type { HeaderLine } from "../transaction/answer.ts";
import type { RequestOutcome } from "../transaction/request-outcome.ts";
import {
  intervalGranted,
  leastIntervalOf,
  refreshHeaders,
  type SessionInterval,
  SessionTimer,
  type SessionTimerUser,
} from "./session-timer.ts";

/** The session that is to be refreshed. */
export interface RefreshedSession {
  readonly isEstablished: boolean;
  readonly contact: HeaderLine;
  /** Sends a request within the dialog; of a re-INVITE each 2xx is told, repeats included. */
  ask(request: DialogRequest, done: (outcome: RequestOutcome) => void): void;
  acknowledge(response: SipResponse): void;
  /** A 2xx may bring a new remote target (RFC 3261 §12.2.1.2). */
  retarget(response: SipResponse): void;
  /** The other side is gone: 408, 481, or no refresh of its in time. */
  lost(): void;
}

/** Keeps a session alive where that is for us to do, and looks after the other side where it is not (RFC 4028 §10). */
export class SessionRefresh implements SessionTimerUser {
  readonly #session: RefreshedSession;
  /** What our re-INVITE says again. */
  readonly #sdp: string;
  readonly #timer: SessionTimer;
  /** Whether the peer takes UPDATE (RFC 3311 §4). */
  #mayUpdate = false;
  /** A re-INVITE of ours has no answer yet. */
  #isInviting = false;
  /** A 422 was met since the last refresh: the interval is raised once. */
  #hasRaised = false;

  constructor(session: RefreshedSession, { clock, sdp }: { readonly clock: Clock; readonly sdp: string }) {
    this.#session = session;
    this.#sdp = sdp;
    this.#timer = new SessionTimer(clock, this);
  }

  /** Another INVITE cannot be answered now (RFC 3261 §14.2: 491). */
  get isInviting(): boolean {
    return this.#isInviting;
  }

  /** A session refresh request was answered 2xx, with this for a timer; `theirs` is the peer's part of it. */
  agreed(interval: SessionInterval | undefined, theirs: SipMessage): void {
    if (theirs.values("Allow").includes("UPDATE")) this.#mayUpdate = true;
    this.#hasRaised = false;
    this.#timer.agreed(interval);
  }

  stop(): void {
    this.#timer.stop();
  }

  /** By UPDATE without an offer where the peer takes that, else by re-INVITE with the offer in force (RFC 4028 §7.4). */
  refresh(interval: SessionInterval): void {
    if (!this.#session.isEstablished) return;
    const headers = [this.#session.contact, ...refreshHeaders(interval)];
    const done = (outcome: RequestOutcome): void => this.#refreshed(outcome, interval);
    if (this.#mayUpdate) {
      this.#session.ask({ method: "UPDATE", headers }, done);
      return;
    }
    this.#isInviting = true;
    const withSdp: readonly HeaderLine[] = [...headers, ["Content-Type", "application/sdp"]];
    this.#session.ask({ method: "INVITE", headers: withSdp, body: this.#sdp }, done);
  }

  expired(): void {
    this.#session.lost();
  }

  #refreshed(outcome: RequestOutcome, interval: SessionInterval): void {
    this.#isInviting = false;
    const response = outcome.kind === "answered" ? outcome.response : undefined;
    if (response !== undefined && response.status < 300) this.#accepted(response);
    else if (this.#session.isEstablished) this.#refused(outcome, interval);
  }

  #accepted(response: SipResponse): void {
    if (response.cseq.method === "INVITE") this.#session.acknowledge(response);
    if (!this.#session.isEstablished) return;
    this.#session.retarget(response);
    this.agreed(intervalGranted(response), response);
  }

  #refused(outcome: RequestOutcome, interval: SessionInterval): void {
    const least = outcome.kind === "answered" ? leastIntervalOf(outcome.response) : undefined;
    if (isDeadly(outcome)) this.#session.lost();
    else if (least === undefined || this.#hasRaised) this.#timer.refreshFailed(interval);
    else {
      this.#hasRaised = true;
      this.refresh({ ...interval, seconds: Math.max(least, interval.seconds) });
    }
  }
}

/** What ends a dialog: 481, 408, or no answer at all (RFC 3261 §12.2.1.2). */
export function isDeadly(outcome: RequestOutcome): boolean {
  if (outcome.kind === "failed") return outcome.cause === "timeout";
  return outcome.kind === "answered" && (outcome.status === 481 || outcome.status === 408);
}
