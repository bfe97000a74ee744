import type { Timer } from "@interpres/runtime";
import type {
  Answer,
  AnswerOptions,
  IncomingInvite,
  RequestOutcome,
  Session,
  SessionUser,
  SipRequest,
} from "@interpres/sip";
import type { Composing } from "../model/composing.ts";
import { DELIVERY_NOTICE_TYPE } from "../payload/delivery-notice.ts";
import { KEYBOARD_ACTIVITY_TYPE, readKeyboardActivity } from "../payload/keyboard-activity.ts";
import { readSdp } from "../payload/sdp.ts";
import type { SessionKey } from "./conversation-state.ts";

/** What a session tells the conversation it belongs to. */
export interface SessionOwner {
  established(session: ImSession): void;
  refused(session: ImSession, outcome: RequestOutcome): void;
  ended(session: ImSession, by: "peer" | "us" | "failure"): void;
  idle(session: ImSession): void;
  message(session: ImSession, request: SipRequest, answer: Answer): void;
  /** What became of messages that were taken before. */
  notified(notify: SipRequest): void;
  typing(composing: Composing): void;
  /** The answer to an offer of other media in a session that stands. */
  refusedOffer(): AnswerOptions & { readonly status: number };
}

export interface ImSessionInit {
  readonly key: SessionKey;
  readonly owner: SessionOwner;
  readonly direction: "inbound" | "outbound";
  /** The name our user has in it. */
  readonly localUri: string;
  /** Our description, repeated when the peer asks again (RFC 3261 §14.2). */
  readonly sdp: string;
  readonly idleSeconds: number;
  readonly clock: { now(): number; after(delayMs: number, run: () => void): Timer };
}

/** One INVITE session of a conversation: what comes in it, and its idle clock. */
export class ImSession implements SessionUser {
  readonly key: SessionKey;
  readonly direction: "inbound" | "outbound";
  readonly localUri: string;
  readonly startedAt: number;
  lastActivityAt: number;
  readonly #init: ImSessionInit;
  #session: Session | undefined;
  #acceptTypes: readonly string[] = [];
  #idleTimer: Timer | undefined;

  constructor(init: ImSessionInit) {
    this.#init = init;
    this.key = init.key;
    this.direction = init.direction;
    this.localUri = init.localUri;
    this.startedAt = init.clock.now();
    this.lastActivityAt = this.startedAt;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** Our INVITE. */
  call(invite: (user: SessionUser) => Session): void {
    this.#session = invite(this);
  }

  /** Theirs, answered 200 at once: nobody has to pick up. */
  answer(incoming: IncomingInvite): void {
    this.#session = incoming.accept(this, this.#init.sdp);
  }

  end(): void {
    this.#idleTimer?.cancel();
    this.#session?.end();
  }

  /** Something was said, either way. */
  touch(): void {
    this.lastActivityAt = this.#init.clock.now();
  }

  /** Whether the other side said that it takes bodies of a type. */
  takes(type: string): boolean {
    return this.#acceptTypes.includes(type);
  }

  established(remoteSdp: Uint8Array): void {
    const remote = readSdp(remoteSdp);
    if (remote.kind === "im") this.#acceptTypes = remote.description.acceptTypes;
    this.touch();
    this.#watchIdle(this.#init.idleSeconds * 1000);
    this.#init.owner.established(this);
  }

  refused(outcome: RequestOutcome): void {
    this.#init.owner.refused(this, outcome);
  }

  ended(by: "peer" | "us" | "failure"): void {
    this.#idleTimer?.cancel();
    this.#init.owner.ended(this, by);
  }

  request(request: SipRequest, answer: Answer): void {
    switch (request.method) {
      case "MESSAGE":
        this.touch();
        this.#init.owner.message(this, request, answer);
        break;
      case "NOTIFY":
        this.#notified(request, answer);
        break;
      case "INFO":
        this.#info(request, answer);
        break;
      default:
        this.#offer(request, answer);
    }
  }

  /** Whatever an INFO tells, it is answered 200; most of it is nothing to us. */
  #info(request: SipRequest, answer: Answer): void {
    answer(200);
    const type = request.contentType?.type;
    const composing =
      type === KEYBOARD_ACTIVITY_TYPE || type === "text/xml" ? readKeyboardActivity(request.body) : undefined;
    if (composing !== undefined) this.#init.owner.typing(composing);
  }

  /** Only what became of our messages: nothing else was subscribed to here. */
  #notified(notify: SipRequest, answer: Answer): void {
    const isNotice = notify.contentType?.type === DELIVERY_NOTICE_TYPE;
    answer(isNotice ? 200 : 481);
    if (isNotice) this.#init.owner.notified(notify);
  }

  /** re-INVITE or UPDATE: the same description again, unless it brings a call into the chat. */
  #offer(request: SipRequest, answer: Answer): void {
    if (request.body.length > 0 && readSdp(request.body).kind !== "im") {
      const { status, ...options } = this.#init.owner.refusedOffer();
      answer(status, options);
      return;
    }
    const isOffer = request.body.length > 0 || request.method === "INVITE";
    answer(200, isOffer ? { contentType: "application/sdp", body: this.#init.sdp } : {});
  }

  #watchIdle(delayMs: number): void {
    this.#idleTimer = this.#init.clock.after(delayMs, () => {
      const leftMs = this.lastActivityAt + this.#init.idleSeconds * 1000 - this.#init.clock.now();
      if (leftMs > 0) {
        this.#watchIdle(leftMs);
        return;
      }
      this.#watchIdle(this.#init.idleSeconds * 1000);
      this.#init.owner.idle(this);
    });
  }
}
