import type { DialogSnapshot } from "../dialog/dialog-snapshot.ts";
import type { SipRequest } from "../message/message.ts";
import type { Answer, AnswerOptions, HeaderLine } from "../transaction/answer.ts";
import type { RequestOutcome } from "../transaction/request-outcome.ts";

/** An INVITE of ours. `timeoutSeconds` is how long the other side may ring before we CANCEL; 60 by default. */
export interface InviteInit {
  readonly from: string;
  readonly fromDisplayName?: string;
  readonly to: string;
  readonly sdp: string;
  readonly headers?: readonly HeaderLine[];
  readonly timeoutSeconds?: number;
  /** Given to continue a conversation under its name; otherwise drawn. */
  readonly callId?: string;
}

export interface SessionUser {
  /** 2xx received and acknowledged, or our 2xx acknowledged. Empty when the peer sent no SDP. */
  established(remoteSdp: Uint8Array): void;
  /** Our INVITE came to nothing; `ended` does not follow. */
  refused(outcome: RequestOutcome): void;
  /**
   * MESSAGE, INFO, a NOTIFY without a subscription (some servers tell so what became of messages), and re-INVITE or UPDATE
   * (answer these 200 with the SDP in force).
   */
  request(request: SipRequest, answer: Answer): void;
  /** Once, after `established` or after our 2xx was never acknowledged ("failure"). */
  ended(by: "peer" | "us" | "failure"): void;
  changed?(snapshot: DialogSnapshot): void;
}

export interface SessionRequest {
  readonly contentType: string;
  readonly body: Uint8Array | string;
  /** 70 unless given (RFC 3261 §8.1.1.6). */
  readonly maxForwards?: number;
  readonly headers?: readonly HeaderLine[];
}

export interface SessionId {
  readonly callId: string;
  readonly localTag: string;
  /** Empty until the peer answered. */
  readonly remoteTag: string;
}

export interface Session {
  readonly id: SessionId;
  readonly state: "calling" | "answering" | "established" | "ended";
  /** Queued before establishment and behind a request under way; failed when the session ends first. */
  send(method: "MESSAGE" | "INFO", request: SessionRequest, done: (outcome: RequestOutcome) => void): void;
  /** BYE, or CANCEL while calling; queued requests that were not sent fail. */
  end(): void;
}

/** An INVITE outside a dialog. Answer it once, now or later. */
export interface IncomingInvite {
  readonly request: SipRequest;
  /** Sends the 200 with this SDP, repeated until the ACK (RFC 3261 §13.3.1.4); after a CANCEL it is over at once. */
  accept(user: SessionUser, sdp: string, headers?: readonly HeaderLine[]): Session;
  refuse(status: number, options?: AnswerOptions): void;
  /** Called when a CANCEL came first, or nobody answered in three minutes; the 487 or 480 is already sent. */
  onCancelled(handler: () => void): void;
}

/** INVITE usages that carry IM: RFC 3261 §13, §14, §15. */
export interface SessionLayer {
  onInvite(handler: (incoming: IncomingInvite) => void): void;
  invite(init: InviteInit, user: SessionUser): Session;
}
