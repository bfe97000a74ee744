import {
  acceptSequence,
  acknowledgement,
  type DialogRequest,
  dialogFromRequest,
  nextRequest,
  refreshTarget,
} from "../dialog/dialog.ts";
import type { DialogSnapshot } from "../dialog/dialog-snapshot.ts";
import type { DialogId, DialogOwner } from "../dialog/dialog-table.ts";
import { domainOf, userOf } from "../dialog/party.ts";
import type { UsagePorts } from "../dialog/usage-ports.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { AnswerOptions, HeaderLine } from "../transaction/answer.ts";
import { contactOf } from "../transaction/local-identity.ts";
import { answerOnce, reply } from "../transaction/reply.ts";
import type { RequestOutcome } from "../transaction/request-outcome.ts";
import { outcomeUser } from "../transaction/request-router.ts";
import type { ServerTransaction } from "../transaction/transaction-user.ts";
import type { NextHop } from "../transport/next-hop-selector.ts";
import { AnsweredInvite } from "./answered-invite.ts";
import { type CallOwner, InviteCall } from "./invite-call.ts";
import { type QueuedRequest, SessionQueue } from "./session-queue.ts";
import { isDeadly, type RefreshedSession, SessionRefresh } from "./session-refresh.ts";
import { answering, calling, type Effect, type Input, type State, step } from "./session-state.ts";
import { answerHeaders, intervalAsked, intervalGranted, LEAST_INTERVAL_SECONDS } from "./session-timer.ts";
import type { InviteInit, Session, SessionId, SessionRequest, SessionUser } from "./session-user.ts";

const noBody: Uint8Array = new Uint8Array(0);
const QUEUE_LIMIT = 100;
/** RFC 3261 §14.2: Retry-After of a 500 is drawn from 0 to 10 s. */
const GLARE_RETRY_SECONDS = 11;

/** Both parties before the other side answered. */
interface Parties {
  readonly callId: string;
  readonly localTag: string;
  readonly localUri: string;
  readonly remoteUri: string;
}

/** One session of either direction: runs the machine, keeps the dialog, sends one request at a time. */
export class SessionUsage implements Session, DialogOwner, CallOwner, RefreshedSession {
  readonly remoteDomain: string;
  readonly #ports: UsagePorts;
  readonly #user: SessionUser;
  readonly #parties: Parties;
  readonly #queue = new SessionQueue(QUEUE_LIMIT);
  #state: State;
  #dialog: DialogSnapshot | undefined;
  #hop: NextHop | undefined;
  #call: InviteCall | undefined;
  #remoteSdp = noBody;
  #answered: AnsweredInvite | undefined;
  /** A re-INVITE or UPDATE that the user has not answered yet. */
  #asked: ServerTransaction | undefined;
  readonly #refresh: SessionRefresh;

  constructor(
    state: State,
    parties: Parties,
    { ports, user, sdp }: { readonly ports: UsagePorts; readonly user: SessionUser; readonly sdp: string },
  ) {
    this.#refresh = new SessionRefresh(this, { clock: ports.clock, sdp });
    this.#state = state;
    this.#parties = parties;
    this.#ports = ports;
    this.#user = user;
    this.remoteDomain = domainOf(parties.remoteUri);
  }

  /** Calls: RFC 3261 §13.2. */
  static call(init: InviteInit, user: SessionUser, ports: UsagePorts): SessionUsage {
    const callId = init.callId ?? ports.random.token();
    const parties = { callId, localTag: ports.random.token(), localUri: init.from, remoteUri: init.to };
    const session = new SessionUsage(calling, parties, { ports, user, sdp: init.sdp });
    ports.dialogs.add(session);
    session.#call = new InviteCall(init, ports, session);
    session.#call.start(callId, parties.localTag);
    return session;
  }

  /** Answers 200: RFC 3261 §13.3.1.4. */
  static answer(transaction: ServerTransaction, answer: SessionAnswer, ports: UsagePorts): SessionUsage {
    const dialog = dialogFromRequest(transaction.request, transaction.toTag);
    const session = new SessionUsage(answering, dialog, { ports, ...answer });
    session.#dialog = dialog;
    session.#remoteSdp = transaction.request.body;
    ports.dialogs.add(session);
    session.#accept(transaction, 200, { contentType: "application/sdp", body: answer.sdp, headers: answer.headers });
    return session;
  }

  /** A call that the bound on dialogs forbids. */
  static refusedCall(init: InviteInit, user: SessionUser, ports: UsagePorts): SessionUsage {
    const parties = { callId: "", localTag: "", localUri: init.from, remoteUri: init.to };
    const session = new SessionUsage(calling, parties, { ports, user, sdp: init.sdp });
    const outcome: RequestOutcome = {
      kind: "unroutable",
      status: 503,
      rule: "dialog-limit",
      reason: "too many dialogs",
    };
    ports.clock.after(0, () => session.refused(outcome));
    return session;
  }

  /** The INVITE was cancelled or given up before its answer. */
  static answerTooLate(transaction: ServerTransaction, answer: SessionAnswer, ports: UsagePorts): SessionUsage {
    const dialog = dialogFromRequest(transaction.request, transaction.toTag);
    ports.clock.after(0, () => answer.user.ended("peer"));
    return new SessionUsage({ name: "ended" }, dialog, { ports, ...answer });
  }

  get id(): SessionId {
    const { callId, localTag } = this.#parties;
    return { callId, localTag, remoteTag: this.#dialog?.remoteTag ?? "" };
  }

  get dialogId(): DialogId {
    return { ...this.id, remoteTag: this.#dialog?.remoteTag };
  }

  get state(): Session["state"] {
    return this.#state.name === "abandoned" ? "ended" : this.#state.name;
  }

  send(method: "MESSAGE" | "INFO", request: SessionRequest, done: (outcome: RequestOutcome) => void): void {
    if (this.state === "ended" || !this.#queue.add({ method, request, done })) {
      const detail = this.state === "ended" ? "session ended" : "too many requests queued";
      this.#ports.clock.after(0, () => done({ kind: "failed", cause: "transport", detail }));
      return;
    }
    this.#sendNext();
  }

  end(): void {
    this.#input({ kind: "end" });
  }

  abandon(): void {
    this.#state = { name: "ended" };
    this.#takeAsked();
    this.#call?.abandon();
    this.#close();
  }

  // What the call tells us.

  answered(dialog: DialogSnapshot, response: SipResponse, hop: NextHop): void {
    this.#dialog = dialog;
    this.#hop = hop;
    this.#remoteSdp = response.body;
    this.#refresh.agreed(intervalGranted(response), response);
    this.#input({ kind: "answered" });
  }

  refused(outcome: RequestOutcome): void {
    this.#input({ kind: "refused", outcome });
  }

  ringTimeout(): void {
    this.#input({ kind: "ring-timeout" });
  }

  // What the peer sends within the dialog.

  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (this.#dialog === undefined || this.state === "ended") {
      // RFC 3261 §14.2: our own INVITE is under way.
      reply(transaction, this.state === "calling" && request.method === "INVITE" ? 491 : 481);
      return;
    }
    const inOrder = acceptSequence(this.#dialog, request);
    if (inOrder === undefined) {
      reply(transaction, 500);
      return;
    }
    this.#dialog = inOrder;
    switch (request.method) {
      case "BYE":
        reply(transaction, 200);
        this.#input({ kind: "bye" });
        break;
      case "INVITE":
      case "UPDATE":
        this.#refreshRequest(transaction);
        break;
      case "MESSAGE":
      case "INFO":
      case "NOTIFY":
        this.#user.request(request, answerOnce(transaction));
        break;
      default:
        reply(transaction, 481);
    }
  }

  acknowledged(acknowledgement: SipRequest): void {
    if (this.#answered?.sequence !== acknowledgement.cseq.number) return;
    this.#answered.stop();
    this.#answered = undefined;
    this.#input({ kind: "acknowledged" });
  }

  /** re-INVITE and UPDATE (RFC 3261 §14.2, RFC 3311 §5.2): one at a time. */
  #refreshRequest(transaction: ServerTransaction): void {
    if (this.#refresh.isInviting && transaction.request.method === "INVITE") {
      reply(transaction, 491);
      return;
    }
    if (this.#asked !== undefined) {
      const retry = `${this.#ports.random.below(GLARE_RETRY_SECONDS)}`;
      reply(transaction, 500, { headers: [["Retry-After", retry]] });
      return;
    }
    if (intervalAsked(transaction.request) === "too-brief") {
      reply(transaction, 422, { headers: [["Min-SE", `${LEAST_INTERVAL_SECONDS}`]] });
      return;
    }
    this.#asked = transaction;
    transaction.user = { cancelled: () => this.#takeAsked() };
    this.#user.request(transaction.request, (status, options) => {
      if (this.#asked !== transaction) return;
      this.#takeAsked();
      if (status < 300) this.#accept(transaction, status, options ?? {});
      else reply(transaction, status, options);
    });
  }

  #takeAsked(): ServerTransaction | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    return asked;
  }

  /** RFC 3261 §15.1.2: what waits for an answer when the session ends gets one. */
  #refuseAsked(): void {
    const asked = this.#takeAsked();
    if (asked !== undefined) reply(asked, 487);
  }

  /** A 2xx to INVITE, re-INVITE or UPDATE: Contact, target refresh, session timer; repeated until ACK for INVITE. */
  #accept(transaction: ServerTransaction, status: number, options: LooseOptions): void {
    const { connection, request } = transaction;
    const here = this.#ports.identity.towards(this.remoteDomain, connection.protocol);
    const asked = intervalAsked(request);
    const interval = asked === "too-brief" ? undefined : asked;
    const headers: HeaderLine[] = [
      ["Contact", contactOf(here, userOf(this.#parties.localUri))],
      ...answerHeaders(interval),
      ...(options.headers ?? []),
    ];
    const send = (): void => reply(transaction, status, { ...options, headers });
    this.#refresh.agreed(interval, request);
    if (this.#dialog !== undefined) this.#dialog = refreshTarget(this.#dialog, request);
    if (request.method !== "INVITE") {
      send();
      return;
    }
    const { clock, timers } = this.#ports;
    this.#answered?.stop();
    const unacknowledged = (): void => this.#input({ kind: "unacknowledged" });
    this.#answered = new AnsweredInvite(request, { clock, timers, send, unacknowledged });
  }

  // What its refresh asks of it.

  get isEstablished(): boolean {
    return this.#state.name === "established";
  }

  get contact(): HeaderLine {
    const here = this.#ports.identity.towards(this.remoteDomain, this.#hop?.protocol ?? "tls");
    return ["Contact", contactOf(here, userOf(this.#parties.localUri))];
  }

  ask(request: DialogRequest, done: (outcome: RequestOutcome) => void): void {
    this.#request(request, done);
  }

  acknowledge({ cseq }: SipResponse): void {
    if (this.#dialog === undefined || this.#hop === undefined) return;
    this.#ports.router.acknowledge(acknowledgement(this.#dialog, cseq.number), this.#hop);
  }

  retarget(response: SipResponse): void {
    if (this.#dialog !== undefined) this.#dialog = refreshTarget(this.#dialog, response);
  }

  lost(): void {
    this.#input({ kind: "dead" });
  }

  #input(input: Input): void {
    const before = this.#state;
    const next = step(before, input);
    this.#state = next.state;
    if (next.state.name === "ended" && before.name !== "ended") {
      this.#refuseAsked();
      this.#close();
    }
    for (const effect of next.effects) this.#apply(effect);
    if (this.state === "ended") this.#queue.fail("session ended");
    else this.#sendNext();
  }

  #apply(effect: Effect): void {
    switch (effect.kind) {
      case "cancel":
        this.#call?.cancel();
        break;
      case "bye":
        this.#request({ method: "BYE" }, ignore);
        break;
      case "tell-established":
        if (this.#dialog !== undefined) this.#user.changed?.(this.#dialog);
        this.#user.established(this.#remoteSdp);
        // Not needed again, and it keeps the octets of a whole message alive.
        this.#remoteSdp = noBody;
        break;
      case "tell-refused":
        this.#user.refused(effect.outcome);
        break;
      case "tell-ended":
        this.#user.ended(effect.by);
        break;
    }
  }

  #sendNext(): void {
    if (this.#state.name !== "established") return;
    const next = this.#queue.take();
    if (next === undefined) return;
    const { contentType, body, headers, maxForwards = 70 } = next.request;
    const lines: HeaderLine[] = [["Content-Type", contentType], ...(headers ?? [])];
    this.#request({ method: next.method, headers: lines, body, maxForwards }, (outcome) =>
      this.#finished(next, outcome),
    );
  }

  #finished({ done }: QueuedRequest, outcome: RequestOutcome): void {
    this.#queue.finished();
    done(outcome);
    if (isDeadly(outcome)) this.#input({ kind: "dead" });
    else this.#sendNext();
  }

  #request(parts: Parameters<typeof nextRequest>[1], done: (outcome: RequestOutcome) => void): void {
    const build = (): SipRequest | undefined => {
      if (this.#dialog === undefined) return undefined;
      const { dialog, request } = nextRequest(this.#dialog, parts);
      this.#dialog = dialog;
      return request;
    };
    const { remoteUri } = this.#parties;
    this.#ports.router.send(
      { domain: this.remoteDomain, uri: remoteUri, preferred: this.#hop, build },
      outcomeUser((outcome, hop) => {
        this.#hop = hop ?? this.#hop;
        done(outcome);
      }),
    );
  }

  #close(): void {
    this.#answered?.stop();
    this.#refresh.stop();
    this.#ports.dialogs.remove(this);
  }
}

export interface SessionAnswer {
  readonly user: SessionUser;
  readonly sdp: string;
  readonly headers: readonly HeaderLine[];
}

type LooseOptions = Pick<AnswerOptions, "headers" | "contentType" | "body" | "reason">;

function ignore(): void {
  return;
}
