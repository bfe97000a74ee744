import type { Timer } from "@interpres/runtime";
import {
  acceptSequence,
  afterRestart,
  dialogFromRequest,
  nextRequest,
  refreshTarget,
  SEQUENCE_LEAP,
} from "../dialog/dialog.ts";
import type { DialogSnapshot } from "../dialog/dialog-snapshot.ts";
import type { DialogId, DialogOwner } from "../dialog/dialog-table.ts";
import { domainOf, userOf } from "../dialog/party.ts";
import type { UsagePorts } from "../dialog/usage-ports.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { HeaderLine } from "../transaction/answer.ts";
import { contactOf } from "../transaction/local-identity.ts";
import { reply } from "../transaction/reply.ts";
import type { ServerTransaction } from "../transaction/transaction-user.ts";
import type { TransportProtocol } from "../transport/connection.ts";
import type { NextHop } from "../transport/next-hop-selector.ts";
import { type EventPackage, grantOf } from "./event-package.ts";
import type { NotifierUser, NotifyInit, Watch, WatchSnapshot } from "./notifier-user.ts";
import { begin, type Effect, type Input, type State, step } from "./watch-state.ts";

/** What a watch begins with: a SUBSCRIBE, or the snapshot of an earlier run. */
export interface WatchInit {
  readonly dialog: DialogSnapshot;
  readonly eventPackage: EventPackage;
  readonly eventId: string | undefined;
  readonly contactUser: string;
  readonly approval: "active" | "pending";
  readonly expiresSeconds: number;
}

/** The start of a watch from the SUBSCRIBE that asked for it. */
export function watchInit(
  transaction: ServerTransaction,
  eventPackage: EventPackage,
  expiresSeconds: number,
): WatchInit {
  const { request } = transaction;
  return {
    dialog: dialogFromRequest(request, transaction.toTag),
    eventPackage,
    eventId: request.event?.id,
    contactUser: userOf(request.requestUri),
    approval: "pending",
    expiresSeconds,
  };
}

/** One watch of theirs: runs the machine, keeps the dialog and the timers, answers SUBSCRIBE, sends NOTIFY. */
export class WatchUsage implements Watch, DialogOwner {
  readonly remoteDomain: string;
  readonly #ports: UsagePorts;
  readonly #eventPackage: EventPackage;
  readonly #eventId: string | undefined;
  readonly #contactUser: string;
  /** What the 2xx to the first SUBSCRIBE says. */
  readonly #firstGrantSeconds: number;
  readonly #user: NotifierUser;
  #state: State;
  #dialog: DialogSnapshot;
  #approval: "active" | "pending";
  #hop: NextHop | undefined;
  /** Whether no snapshot has what was sent since the last restart. */
  #hasLeapt = false;
  #expiresAt = 0;
  #expiryTimer: Timer | undefined;
  #retryTimer: Timer | undefined;

  constructor(init: WatchInit, user: NotifierUser, ports: UsagePorts) {
    this.#ports = ports;
    this.#eventPackage = init.eventPackage;
    this.#eventId = init.eventId;
    this.#contactUser = init.contactUser;
    this.#firstGrantSeconds = init.expiresSeconds;
    this.#user = user;
    this.#dialog = init.dialog;
    this.#approval = init.approval;
    this.#state = begin(init.expiresSeconds);
    this.remoteDomain = domainOf(init.dialog.remoteUri);
    this.#grant(init.expiresSeconds);
    ports.dialogs.add(this);
  }

  get dialogId(): DialogId {
    const { callId, localTag, remoteTag } = this.#dialog;
    return { callId, localTag, remoteTag };
  }

  get snapshot(): WatchSnapshot {
    return {
      dialog: this.#dialog,
      event: this.#eventPackage.name,
      contactUser: this.#contactUser,
      state: this.#approval,
      expiresAt: this.#expiresAt,
      ...(this.#eventId === undefined ? {} : { eventId: this.#eventId }),
    };
  }

  notify(notify: NotifyInit): void {
    const before = this.#approval;
    if (notify.state !== "terminated") this.#approval = notify.state;
    this.#input({ kind: "notify", notify });
    if (before !== this.#approval && this.#state.name === "standing") this.#user.changed(this.snapshot);
  }

  terminate(reason: string, last?: { readonly contentType: string; readonly body: Uint8Array | string }): void {
    this.#input({ kind: "notify", notify: { state: "terminated", reason, ...last } });
  }

  abandon(): void {
    this.#state = { name: "ended" };
    this.#close();
  }

  /** After a restart: the peer may have missed requests, none of ours is held. */
  resume(): void {
    this.#dialog = afterRestart(this.#dialog);
    this.#hasLeapt = true;
    this.#input({ kind: "released" });
  }

  /** Sends the 2xx (RFC 6665 §4.2.1.1); NOTIFY may follow from now on. */
  answer(transaction: ServerTransaction, status: 200 | 202): void {
    this.#accept(transaction, status, this.#firstGrantSeconds);
    if (this.#state.name === "standing") this.#user.changed(this.snapshot);
    this.#input({ kind: "released" });
  }

  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.method !== "SUBSCRIBE" || this.#state.name !== "standing") {
      reply(transaction, 481);
      return;
    }
    if (request.event?.type !== this.#eventPackage.name) {
      reply(transaction, 489, { headers: [["Allow-Events", this.#eventPackage.name]] });
      return;
    }
    if (request.event.id !== this.#eventId) {
      reply(transaction, 481);
      return;
    }
    this.#refresh(transaction);
  }

  #refresh(transaction: ServerTransaction): void {
    const { request } = transaction;
    const inOrder = acceptSequence(this.#dialog, request);
    if (inOrder === undefined) {
      reply(transaction, 500);
      return;
    }
    this.#dialog = inOrder;
    const granted = grantOf(request, this.#eventPackage);
    if (granted === "too-brief") {
      reply(transaction, 423, { headers: [["Min-Expires", `${this.#eventPackage.minExpiresSeconds}`]] });
      return;
    }
    this.#dialog = refreshTarget(inOrder, request);
    this.#grant(granted);
    this.#accept(transaction, 200, granted);
    this.#input({ kind: "refreshed", expiresSeconds: granted });
    this.#input({ kind: "flush" });
    if (this.#state.name === "standing") this.#user.changed(this.snapshot);
  }

  #accept(transaction: ServerTransaction, status: 200 | 202, expiresSeconds: number): void {
    reply(transaction, status, {
      headers: [["Expires", `${expiresSeconds}`], this.#contact(transaction.connection.protocol)],
    });
  }

  #contact(protocol: TransportProtocol): HeaderLine {
    const here = this.#ports.identity.towards(this.remoteDomain, protocol);
    return ["Contact", contactOf(here, this.#contactUser)];
  }

  /** Some clients copy the Contact of the NOTIFY into their answer: it does not say where they are. */
  #isOurContact(response: SipResponse, hop: NextHop): boolean {
    const [, ours] = this.#contact(hop.protocol);
    return response.first("Contact") === ours;
  }

  /** A fetch has as long as a transaction to come up with the state (RFC 6665 §4.4.3). */
  #grant(expiresSeconds: number): void {
    const { clock, timers } = this.#ports;
    const lastsMs = expiresSeconds === 0 ? 64 * timers.t1Ms : expiresSeconds * 1000;
    this.#expiresAt = clock.now() + expiresSeconds * 1000;
    this.#expiryTimer?.cancel();
    this.#expiryTimer = clock.after(lastsMs, () => this.#input({ kind: "timer", timer: "expiry" }));
  }

  #input(input: Input): void {
    const wasOver = this.#state.name === "ended";
    const next = step(this.#state, input);
    this.#state = next.state;
    if (next.state.name === "ended" && !wasOver) this.#close();
    for (const effect of next.effects) this.#apply(effect);
  }

  #apply(effect: Effect): void {
    switch (effect.kind) {
      case "send":
        this.#send(effect.notify);
        break;
      case "start-retry":
        this.#retryTimer?.cancel();
        this.#retryTimer = this.#ports.clock.after(effect.delayMs, () =>
          this.#input({ kind: "timer", timer: "retry" }),
        );
        break;
      case "tell-refreshed":
        this.#user.refreshed(effect.expiresSeconds);
        break;
      case "end":
        this.#user.ended(effect.cause);
        break;
    }
  }

  #send(notify: NotifyInit): void {
    this.#ports.router.send(
      {
        domain: this.remoteDomain,
        uri: this.#dialog.remoteUri,
        preferred: this.#hop,
        build: (hop) => (this.#state.name === "ended" ? undefined : this.#build(notify, hop)),
      },
      {
        final: (response, hop) => {
          this.#hop = hop;
          if (response.status < 300 && !this.#isOurContact(response, hop))
            this.#dialog = refreshTarget(this.#dialog, response);
          this.#input({ kind: "answered", status: response.status, sent: notify });
        },
        failed: (cause) => this.#input({ kind: "failed", cause, sent: notify }),
        unroutable: () => this.#input({ kind: "failed", cause: "transport", sent: notify }),
      },
    );
  }

  #build(notify: NotifyInit, hop: NextHop): SipRequest {
    const { name } = this.#eventPackage;
    const event = this.#eventId === undefined ? name : `${name};id=${this.#eventId}`;
    const headers: HeaderLine[] = [
      this.#contact(hop.protocol),
      ["Event", event],
      ["Subscription-State", this.#stateText(notify)],
    ];
    if (notify.contentType !== undefined) headers.push(["Content-Type", notify.contentType]);
    if (notify.contentLanguage !== undefined) headers.push(["Content-Language", notify.contentLanguage]);
    const { dialog, request } = nextRequest(this.#dialog, { method: "NOTIFY", headers, body: notify.body ?? "" });
    this.#dialog = dialog;
    // The leap after a restart must be longer than what was sent since the last snapshot, and start where the last one ended.
    if (this.#hasLeapt || dialog.localSequence % (SEQUENCE_LEAP / 2) === 0) this.#user.changed(this.snapshot);
    this.#hasLeapt = false;
    return request;
  }

  /** RFC 6665 §8.2.3; what is left of the grant goes with every state but the last. */
  #stateText(notify: NotifyInit): string {
    if (notify.state !== "terminated") {
      const left = Math.max(0, Math.round((this.#expiresAt - this.#ports.clock.now()) / 1000));
      return `${notify.state};expires=${left}`;
    }
    const reason = notify.reason === undefined ? "" : `;reason=${notify.reason}`;
    const retry = notify.retryAfterSeconds === undefined ? "" : `;retry-after=${notify.retryAfterSeconds}`;
    return `terminated${reason}${retry}`;
  }

  #close(): void {
    this.#expiryTimer?.cancel();
    this.#retryTimer?.cancel();
    this.#ports.dialogs.remove(this);
  }
}
