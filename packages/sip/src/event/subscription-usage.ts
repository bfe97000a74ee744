import type { Timer } from "@interpres/runtime";
import {
  acceptSequence,
  afterRestart,
  dialogFromNotify,
  dialogFromResponse,
  nextRequest,
  refreshTarget,
} from "../dialog/dialog.ts";
import type { DialogSnapshot } from "../dialog/dialog-snapshot.ts";
import type { DialogId, DialogOwner } from "../dialog/dialog-table.ts";
import { domainOf } from "../dialog/party.ts";
import type { UsagePorts } from "../dialog/usage-ports.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { reply } from "../transaction/reply.ts";
import type { RoutedUser } from "../transaction/request-router.ts";
import type { ServerTransaction } from "../transaction/transaction-user.ts";
import type { NextHop } from "../transport/next-hop-selector.ts";
import { notificationOf } from "./notification.ts";
import { refreshDelayMs } from "./refresh-time.ts";
import { acceptedExpires, minExpiresOf, refusalOf } from "./subscribe-answer.ts";
import { initialSubscribe, subscribeHeaders } from "./subscribe-request.ts";
import type {
  Notification,
  SubscribeInit,
  SubscriberUser,
  Subscription,
  SubscriptionSnapshot,
} from "./subscriber-user.ts";
import { type Effect, type Input, initial, type Refusal, type State, step } from "./subscription-state.ts";

const SHORTEST_RETRY_MS = 30_000;
/** Clocks and transit make an expires parameter differ by this much without meaning it. */
const EXPIRY_TOLERANCE_MS = 5000;

/** One subscription of ours: runs the machine, keeps the dialog and the timers, sends SUBSCRIBE, answers NOTIFY. */
export class SubscriptionUsage implements Subscription, DialogOwner {
  readonly remoteDomain: string;
  readonly #ports: UsagePorts;
  readonly #init: SubscribeInit;
  readonly #user: SubscriberUser;
  readonly #callId: string;
  readonly #localTag: string;
  #state: State = initial;
  #dialog: DialogSnapshot | undefined;
  /** The first SUBSCRIBE and its 2xx: what the dialog is made of. */
  #first: SipRequest | undefined;
  #firstAnswer: SipResponse | undefined;
  #hop: NextHop | undefined;
  #askedSeconds: number;
  #hasRaised = false;
  /** Counts SUBSCRIBEs: the answer to any but the last one is old news. */
  #generation = 0;
  #expiresAt = 0;
  #timerN: Timer | undefined;
  #refreshTimer: Timer | undefined;
  #expiryTimer: Timer | undefined;
  #hasChanged = false;

  constructor(init: SubscribeInit, user: SubscriberUser, ports: UsagePorts, dialog?: DialogSnapshot) {
    this.#ports = ports;
    this.#init = init;
    this.#user = user;
    this.#dialog = dialog === undefined ? undefined : afterRestart(dialog);
    this.#callId = dialog?.callId ?? ports.random.token();
    this.#localTag = dialog?.localTag ?? ports.random.token();
    this.#askedSeconds = init.expiresSeconds;
    this.remoteDomain = domainOf(init.remoteUri);
  }

  get dialogId(): DialogId {
    return { callId: this.#callId, localTag: this.#localTag, remoteTag: this.#dialog?.remoteTag };
  }

  get snapshot(): SubscriptionSnapshot | undefined {
    const state = this.#state;
    if (this.#dialog === undefined || state.name !== "subscribed") return undefined;
    return { init: this.#init, dialog: this.#dialog, state: state.approval, expiresAt: this.#expiresAt };
  }

  start(): void {
    this.#ports.dialogs.add(this);
    this.#subscribe(this.#askedSeconds);
  }

  resume(snapshot: SubscriptionSnapshot): void {
    this.#ports.dialogs.add(this);
    // Another restart must leap from where this one arrived.
    this.#hasChanged = true;
    this.#state = { name: "subscribed", approval: snapshot.state, exchange: "idle" };
    this.#granted((snapshot.expiresAt - this.#ports.clock.now()) / 1000);
  }

  /** Nothing was sent: the table of dialogs is full. */
  fail(refusal: Refusal): void {
    this.#ports.clock.after(0, () => this.#input({ kind: "refused", refusal }));
  }

  refresh(): void {
    this.#input({ kind: "refresh" });
  }

  unsubscribe(): void {
    this.#input({ kind: "unsubscribe" });
  }

  abandon(): void {
    this.#state = { name: "ended" };
    this.#close();
  }

  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.method !== "NOTIFY" || this.#state.name === "ended") {
      reply(transaction, 481);
      return;
    }
    const notification = notificationOf(request, this.#init.event);
    if (typeof notification === "number") {
      reply(transaction, notification, { headers: [["Allow-Events", this.#init.event]] });
      return;
    }
    if (!this.#takesIntoDialog(request)) {
      reply(transaction, 500);
      return;
    }
    this.#adjustExpiry(notification);
    this.#input({ kind: "notified", notification });
    reply(transaction, 200);
  }

  /** The first NOTIFY makes the dialog (RFC 6665 §4.4.1); later ones have to come in order. */
  #takesIntoDialog(notify: SipRequest): boolean {
    if (this.#dialog === undefined) {
      if (this.#first === undefined) return false;
      this.#dialog = { ...dialogFromNotify(this.#first, notify), localSequence: this.#first.cseq.number };
      this.#borrowRouteSet();
      this.#hasChanged = true;
      return true;
    }
    const inOrder = acceptSequence(this.#dialog, notify);
    if (inOrder === undefined) return false;
    const refreshed = refreshTarget(inOrder, notify);
    this.#hasChanged ||= refreshed !== inOrder;
    this.#dialog = refreshed;
    return true;
  }

  /** Some proxies record their route in the 2xx only. Once both it and the NOTIFY are here, neither is needed again. */
  #borrowRouteSet(): void {
    const [subscribe, answer, dialog] = [this.#first, this.#firstAnswer, this.#dialog];
    if (subscribe === undefined || answer === undefined || dialog === undefined) return;
    this.#first = undefined;
    this.#firstAnswer = undefined;
    if (dialog.routeSet.length > 0 || answer.to.tag !== dialog.remoteTag) return;
    this.#dialog = { ...dialog, routeSet: dialogFromResponse(subscribe, answer).routeSet };
    this.#hasChanged = true;
  }

  /** RFC 6665 §4.1.3: an expires parameter is the truth about the duration, and may only shorten it (§4.2.2). */
  #adjustExpiry({ state, expiresSeconds }: Notification): void {
    if (expiresSeconds === undefined || state === "terminated") return;
    const until = this.#ports.clock.now() + expiresSeconds * 1000;
    if (this.#expiresAt === 0 || until < this.#expiresAt - EXPIRY_TOLERANCE_MS) {
      this.#granted(Math.min(expiresSeconds, this.#askedSeconds));
      this.#hasChanged = true;
    }
  }

  #subscribe(expiresSeconds: number): void {
    this.#generation += 1;
    const generation = this.#generation;
    const { remoteUri } = this.#init;
    this.#ports.router.send(
      {
        domain: this.remoteDomain,
        uri: remoteUri,
        preferred: this.#hop,
        build: (hop) => (generation === this.#generation ? this.#build(expiresSeconds, hop) : undefined),
      },
      this.#answers(generation),
    );
  }

  #build(expiresSeconds: number, hop: NextHop): SipRequest {
    const from = this.#ports.identity.towards(this.remoteDomain, hop.protocol);
    const headers = subscribeHeaders(this.#init, from, expiresSeconds);
    if (this.#dialog !== undefined) {
      const { dialog, request } = nextRequest(this.#dialog, { method: "SUBSCRIBE", headers });
      this.#dialog = dialog;
      return request;
    }
    const sequence = (this.#first?.cseq.number ?? 0) + 1;
    this.#first = initialSubscribe(this.#init, { callId: this.#callId, localTag: this.#localTag, sequence, headers });
    return this.#first;
  }

  #answers(generation: number): RoutedUser {
    const isOld = (): boolean => generation !== this.#generation;
    return {
      final: (response, hop) => {
        if (!isOld()) this.#answered(response, hop);
      },
      failed: (cause, reason) => {
        const refusal = { status: cause === "timeout" ? 408 : 503, reason, cause } as const;
        if (!isOld()) this.#input({ kind: "refused", refusal });
      },
      unroutable: ({ status, rule, reason }) => {
        if (!isOld()) this.#input({ kind: "refused", refusal: { status, reason, cause: "route", rule } });
      },
    };
  }

  #answered(response: SipResponse, hop: NextHop): void {
    this.#hop = hop;
    if (response.status < 300) {
      if (this.#first !== undefined) this.#firstAnswer ??= response;
      if (this.#dialog !== undefined) this.#dialog = refreshTarget(this.#dialog, response);
      this.#borrowRouteSet();
      this.#hasChanged = true;
      this.#input({ kind: "accepted", expiresSeconds: acceptedExpires(response, this.#askedSeconds) });
      return;
    }
    const least = minExpiresOf(response);
    if (least !== undefined && !this.#hasRaised && this.#state.name !== "leaving") {
      this.#hasRaised = true;
      this.#askedSeconds = Math.max(least, this.#askedSeconds);
      this.#subscribe(this.#askedSeconds);
      return;
    }
    this.#input({ kind: "refused", refusal: refusalOf(response) });
  }

  #input(input: Input): void {
    const before = this.#state;
    const next = step(before, input);
    this.#state = next.state;
    this.#hasChanged ||= hasNewApproval(before, next.state);
    if (next.state.name === "ended" && before.name !== "ended") this.#close();
    for (const effect of next.effects) this.#apply(effect);
    this.#tellChange();
  }

  #tellChange(): void {
    const { snapshot } = this;
    if (!this.#hasChanged || snapshot === undefined) return;
    this.#hasChanged = false;
    this.#user.changed(snapshot);
  }

  #apply(effect: Effect): void {
    switch (effect.kind) {
      case "subscribe":
        this.#hasRaised = false;
        this.#subscribe(effect.purpose === "leave" ? 0 : this.#askedSeconds);
        break;
      case "granted":
        this.#granted(effect.expiresSeconds);
        break;
      case "start-n":
        this.#timerN?.cancel();
        this.#timerN = this.#after(64 * this.#ports.timers.t1Ms, "N");
        break;
      case "stop-n":
        this.#timerN?.cancel();
        // With what it would have run: many subscriptions stand for days.
        this.#timerN = undefined;
        break;
      case "retry-refresh":
        this.#retryRefresh(effect.retryAfterSeconds ?? 0);
        break;
      case "tell-accepted":
        this.#user.accepted(effect.expiresSeconds);
        break;
      case "tell-refused":
        this.#user.refused(effect.refusal);
        break;
      case "tell-notified":
        this.#user.notified(effect.notification);
        break;
      case "end":
        this.#user.ended(effect.cause);
        break;
    }
  }

  #granted(expiresSeconds: number): void {
    const seconds = Math.max(0, expiresSeconds);
    this.#expiresAt = this.#ports.clock.now() + seconds * 1000;
    this.#refreshTimer?.cancel();
    this.#expiryTimer?.cancel();
    this.#expiryTimer = this.#after(seconds * 1000, "expiry");
    this.#refreshTimer = this.#refreshIn(refreshDelayMs(seconds, this.#ports.random));
  }

  /** Half of what is left, so that a peer that is down for a while is met again before the grant ends. */
  #retryRefresh(retryAfterSeconds: number): void {
    const leftMs = this.#expiresAt - this.#ports.clock.now();
    const delayMs = Math.max(leftMs / 2, retryAfterSeconds * 1000);
    if (delayMs < SHORTEST_RETRY_MS || delayMs >= leftMs) return;
    this.#refreshTimer?.cancel();
    this.#refreshTimer = this.#refreshIn(delayMs);
  }

  #refreshIn(delayMs: number): Timer {
    return this.#ports.clock.after(delayMs, () => {
      if (this.#user.refreshDue?.() !== "let-expire") this.#input({ kind: "timer", timer: "refresh" });
    });
  }

  #after(delayMs: number, timer: "N" | "expiry"): Timer {
    return this.#ports.clock.after(delayMs, () => this.#input({ kind: "timer", timer }));
  }

  #close(): void {
    this.#generation += 1;
    this.#timerN?.cancel();
    this.#refreshTimer?.cancel();
    this.#expiryTimer?.cancel();
    this.#ports.dialogs.remove(this);
  }
}

function hasNewApproval(before: State, now: State): boolean {
  if (now.name !== "subscribed") return false;
  return before.name !== "subscribed" || before.approval !== now.approval;
}
