import type { Notification, SubscribeRefusal, SubscriptionEnd, SubscriptionSnapshot } from "@interpres/sip";
import { type BareJid, type Jid, makePresence, type Presence } from "@interpres/xmpp";
import { el } from "@interpres/xmpp/xml";
import { diagnosisIn } from "../failure/outcome-failure.ts";
import type { Priority } from "../model/paced-queue.ts";
import { type Authorization, type AuthorizationInput, authorize } from "./authorization.ts";
import { type DialogEffect, type DialogInput, type DialogState, stepDialog } from "./outbound-dialog.ts";
import { OutboundRecord } from "./outbound-record.ts";
import { type Retry, retryIn } from "./retry.ts";
import type { ShownPresence } from "./shown-presence.ts";
import { type LegOwner, SubscriptionLeg } from "./subscription-leg.ts";
import { viewOfDialog, type WatchPorts, type WatchView } from "./watch-ports.ts";
import type { OutboundWatchRow } from "./watch-repository.ts";

/** Who keeps the watches. */
export interface OutboundWatchOwner {
  /** The watch is over and forgotten; called once. */
  finished(watch: OutboundWatch): void;
}

export interface OutboundWatchInit {
  readonly id: string;
  readonly user: BareJid;
  readonly contact: BareJid;
  readonly authorization: Authorization;
  /** What the user is shown of the contact until the first document comes. */
  readonly shown: ShownPresence;
  readonly owner: OutboundWatchOwner;
}

/** One of our users watches one foreign contact: her permission, the subscription beneath it, and what she was shown. */
export class OutboundWatch implements LegOwner {
  readonly id: string;
  readonly user: BareJid;
  readonly contact: BareJid;
  readonly #ports: WatchPorts;
  readonly #owner: OutboundWatchOwner;
  readonly #shown: ShownPresence;
  readonly #record: OutboundRecord;
  #authorization: Authorization;
  #dialog: DialogState = { name: "none" };
  #leg: SubscriptionLeg | undefined;
  #retry: Retry | undefined;
  #lastNotifiedAt: number | undefined;
  /** What the next SUBSCRIBE stands in line as. */
  #urgency: Priority = "presence";
  #isOver = false;

  constructor(ports: WatchPorts, init: OutboundWatchInit) {
    this.#ports = ports;
    this.id = init.id;
    this.user = init.user;
    this.contact = init.contact;
    this.#authorization = init.authorization;
    this.#owner = init.owner;
    this.#shown = init.shown;
    this.#record = new OutboundRecord(ports.decisions, this);
  }

  get authorization(): Authorization {
    return this.#authorization;
  }

  get dialog(): DialogState["name"] {
    return this.#dialog.name;
  }

  /** `subscribe` of the user (RFC 8048 §5.2.1). */
  asked(): void {
    this.#decide({ kind: "user-asked" });
  }

  /** `unsubscribe` of the user (RFC 8048 §5.2.3). */
  gaveUp(): void {
    this.#decide({ kind: "user-gave-up" });
  }

  /** A resource of the user came: it is told what is known, and news is asked for (RFC 8048 §5.2.2). */
  probed(by: Jid): void {
    for (const presence of this.#shown.replay(by)) this.#ports.local.presence(presence);
    if (this.#authorization !== "refused") this.#step({ kind: "wanted" });
  }

  /** Goes on with a dialog that outlived the last run, or begins another where someone is waiting; both stand in line. */
  restore(snapshot: SubscriptionSnapshot | undefined): void {
    if (this.#ports.peers.of(this.contact.domain) === undefined) {
      // It left the federation meanwhile: nobody is there to end the dialog with, the permission stays.
      this.#tell(this.#shown.forget());
      this.persist();
      return;
    }
    const leg = new SubscriptionLeg(this);
    if (snapshot === undefined || !leg.resume(snapshot, this.#ports.agent.subscriber)) {
      this.#tell(this.#shown.forget());
      this.#urgency = "refresh";
      if (this.isNeeded()) this.#step({ kind: "wanted" });
      return;
    }
    this.#leg = leg;
    this.#dialog = { name: this.#authorization === "granted" ? "active" : "pending" };
    if (this.#ports.addresses.isPresentName(snapshot.init.localUri, this.user)) this.#refresh("refresh");
    else this.readdressed();
  }

  /** Refreshes now, or starts again: an administrator asked, or the domain is spoken to, and read, in another way. */
  refresh(): void {
    this.#shown.reread();
    if (this.#dialog.name === "backoff") this.#step({ kind: "retry-due", isNeeded: true });
    else this.#step({ kind: "wanted" });
  }

  /** The peer is no longer federated with, or the user may not sign in: ends the dialog and keeps the permission. */
  withdrawn(): void {
    this.#step({ kind: "unwanted" });
    this.#tell(this.#shown.forget());
  }

  /**
   * Her address for federation may be another now: then the old dialog is ended and the contact asked anew in her new
   * name. Both stand in line. A SUBSCRIBE that has not left yet takes the new name by itself.
   */
  readdressed(): void {
    const leg = this.#leg;
    if (leg?.localUri === undefined || this.#ports.addresses.isPresentName(leg.localUri, this.user)) return;
    // Its last words are not ours any more.
    this.#leg = undefined;
    this.#inLine("refresh", () => {
      leg.subscription?.unsubscribe();
      this.persist();
    });
    this.#urgency = "refresh";
    this.#step({ kind: "lapsed", isNeeded: this.isNeeded() });
  }

  /** Requests find their way now: what waits for its next try, or for a way at all, need not wait. */
  retryNow(): void {
    if (this.#ports.peers.of(this.contact.domain) === undefined) return;
    const isNeeded = this.isNeeded();
    const { name } = this.#dialog;
    this.#urgency = "refresh";
    if (name === "backoff") this.#step({ kind: "retry-due", isNeeded });
    else if ((name === "none" || name === "ending") && isNeeded && this.#mayBegin()) this.#step({ kind: "wanted" });
  }

  /** Timers off, dialog kept for the next start. Answers what the user is shown, if she is there. */
  stop(): ShownPresence | undefined {
    this.#retry?.cancel();
    this.#isOver = true;
    this.#leg?.subscription?.abandon();
    this.#shown.doubt();
    return this.isNeeded() ? this.#shown : undefined;
  }

  get view(): WatchView {
    const snapshot = this.#leg?.subscription?.snapshot;
    return {
      id: this.id,
      direction: "outbound",
      local: this.user.toString(),
      foreign: this.contact.toString(),
      peer: this.contact.domain,
      authorization: this.#authorization,
      dialog: this.#dialog.name,
      ...(snapshot === undefined ? {} : viewOfDialog(snapshot)),
      ...(this.#retry === undefined ? {} : { retryAt: this.#retry.at }),
      ...(this.#lastNotifiedAt === undefined ? {} : { lastNotifiedAt: this.#lastNotifiedAt }),
    };
  }

  /** Told by the leg. */
  notified(leg: SubscriptionLeg, notification: Notification): void {
    if (leg !== this.#leg || this.#isOver) return;
    this.#lastNotifiedAt = this.#ports.clock.now();
    const { state, reason, retryAfterSeconds } = notification;
    if (state === "terminated") {
      // The last NOTIFY of an ending; that it is over, `ended` tells.
      if (this.#dialog.name === "ending") return;
      this.#leg = undefined;
      this.#step({ kind: "terminated", reason, retryAfterSeconds, isNeeded: this.isNeeded() });
      return;
    }
    if (this.#dialog.name !== "ending") this.#record.shown(state, leg.subscription?.snapshot?.dialog.callId ?? "");
    this.#step({ kind: "notified", state });
    // RFC 8048 §5.2.1: a pending subscription shows nothing, whatever it carries.
    if (state === "active") this.#showBody(notification);
  }

  refused(leg: SubscriptionLeg, refusal: SubscribeRefusal): void {
    if (leg !== this.#leg || this.#isOver) return;
    if (refusal.subscription === "ended") this.#leg = undefined;
    const { status, cause, response, subscription, minExpiresSeconds, retryAfterSeconds } = refusal;
    const isNeeded = this.isNeeded();
    const diagnosis = response === undefined ? {} : diagnosisIn(response);
    this.#record.failed(`refused ${status}`, { status, cause, rule: refusal.rule ?? "", ...diagnosis });
    this.#step({ kind: "refused", status, cause, subscription, minExpiresSeconds, retryAfterSeconds, isNeeded });
  }

  ended(leg: SubscriptionLeg, cause: SubscriptionEnd): void {
    if (leg !== this.#leg || this.#isOver) return;
    this.#leg = undefined;
    if (cause === "expired" || cause === "no-notify") {
      this.#record.failed("failed", { cause });
      this.#step({ kind: "lapsed", isNeeded: this.isNeeded() });
    } else this.#step({ kind: "ended" });
  }

  persist(): void {
    if (this.#isOver) return;
    const snapshot = this.#leg?.subscription?.snapshot;
    const row: OutboundWatchRow = {
      id: this.id,
      direction: "outbound",
      local: this.user.toString(),
      foreign: this.contact.toString(),
      authorization: this.#authorization,
      ...(snapshot === undefined ? {} : { snapshot }),
    };
    this.#ports.watches.put(row);
  }

  /** Nobody watches while the user is away: then a dialog may run out (RFC 8048 §5.2.2). */
  isNeeded(): boolean {
    return this.#ports.local.isLooking(this.user, this.contact);
  }

  #mayBegin(): boolean {
    return this.#authorization === "granted" || this.#authorization === "asked";
  }

  #showBody(notification: Notification): void {
    const { body, contentType } = notification;
    // RFC 8048 §5.2.1: without a body nothing is known of him.
    if (body.length === 0) this.#tell(this.#shown.forget());
    const dialect = this.#ports.peers.of(this.contact.domain)?.dialect;
    if (dialect === undefined || body.length === 0) return;
    const showing = this.#shown.document(notification, dialect);
    const result = showing.kind === "changed" ? "passed" : showing.kind;
    this.#ports.meter.notifications.add({ direction: "outbound", result });
    if (showing.kind === "changed") this.#tell(showing.presences);
    if (showing.kind === "unreadable") {
      const fields = { correlationId: this.view.callId, peer: this.contact.domain, contentType };
      this.#ports.log.warn("notification.unreadable", { ...fields, fault: showing.fault });
    }
  }

  #decide(input: AuthorizationInput): void {
    const { state, effects } = authorize(this.#authorization, input);
    const isChanged = state !== this.#authorization;
    this.#authorization = state;
    if (isChanged) {
      this.persist();
      this.#record.add(state, { input: input.kind });
    }
    for (const effect of effects) {
      if (effect.kind === "tell") this.#tellDecision(effect.type, effect.text);
      else if (effect.kind === "watch") this.#step({ kind: "wanted" });
      else this.#step({ kind: "unwanted" });
    }
  }

  #step(input: DialogInput): void {
    const before = this.#dialog.name;
    const { state, effects } = stepDialog(this.#dialog, input);
    this.#dialog = state;
    if (state.name !== before) {
      const parties = { user: this.user.toString(), contact: this.contact.toString() };
      const correlationId = this.view.callId;
      this.#ports.log.debug("watch.moved", { correlationId, ...parties, from: before, to: state.name });
    }
    for (const effect of effects) this.#act(effect);
  }

  #act(effect: DialogEffect): void {
    // An earlier effect may have ended the watch.
    if (this.#isOver) return;
    switch (effect.kind) {
      case "subscribe":
        this.#subscribe(effect.minExpiresSeconds);
        break;
      case "refresh":
        this.#refresh("presence");
        break;
      case "unsubscribe":
        this.#unsubscribe();
        break;
      case "retry-in":
        this.#retryIn(effect.delaySeconds);
        break;
      case "cancel-retry":
        this.#cancelRetry();
        break;
      case "approved":
        this.#ports.meter.subscriptions.add({ direction: "outbound", result: "active" });
        this.#decide({ kind: "peer-approved" });
        break;
      case "refused":
        this.#ports.meter.subscriptions.add({ direction: "outbound", result: "refused" });
        this.#tell(this.#shown.forget());
        this.#decide({ kind: "peer-refused", text: effect.text });
        break;
      case "no-such-user":
        this.#decide({ kind: "no-such-user", text: effect.text });
        break;
      case "lost-sight":
        this.#tell(this.#shown.forget());
        break;
      case "finished":
        this.#finish();
        break;
    }
  }

  #subscribe(minExpiresSeconds: number | undefined): void {
    this.#cancelRetry();
    this.#record.beginAgain();
    this.#leg?.subscription?.abandon();
    const leg = new SubscriptionLeg(this);
    this.#leg = leg;
    const peer = this.#ports.peers.of(this.contact.domain);
    const urgency = this.#urgency;
    this.#urgency = "presence";
    const passed = peer?.line.pass(urgency, () =>
      this.#send(leg, Math.max(peer.dialect.subscribeExpiresSeconds, minExpiresSeconds ?? 0)),
    );
    if (passed === "accepted") return;
    const rule = peer === undefined ? "sip-federated-domain" : "peer-line";
    leg.refused({ status: 503, reason: "", cause: "route", rule, subscription: "ended" });
  }

  #send(leg: SubscriptionLeg, expiresSeconds: number): void {
    if (leg !== this.#leg || this.#isOver || this.#dialog.name !== "trying") return;
    const { addresses, peers } = this.#ports;
    const localUri = addresses.localUri(this.user);
    const remoteUri = addresses.foreignUri(this.contact);
    if (localUri === undefined || remoteUri === undefined) {
      leg.refused({ status: 484, reason: "", cause: "route", rule: "address-mapping", subscription: "ended" });
      return;
    }
    const localDisplayName = addresses.displayName(this.user);
    const accept = peers.of(this.contact.domain)?.dialect.presenceAcceptTypes ?? [];
    const init = { localUri, remoteUri, accept, expiresSeconds };
    leg.begin(localDisplayName === undefined ? init : { ...init, localDisplayName }, this.#ports);
  }

  #refresh(priority: Priority): void {
    this.#leg?.refreshInTurn((run) => this.#inLine(priority, run));
  }

  #inLine(priority: Priority, run: () => void): "accepted" | "full" | undefined {
    return this.#ports.peers.of(this.contact.domain)?.line.pass(priority, run);
  }

  #unsubscribe(): void {
    const subscription = this.#leg?.subscription;
    if (subscription === undefined) this.#step({ kind: "ended" });
    else subscription.unsubscribe();
  }

  #retryIn(delaySeconds: number): void {
    this.#cancelRetry();
    this.#retry = retryIn(this.#ports, delaySeconds, () => {
      this.#retry = undefined;
      this.#urgency = "refresh";
      this.#step({ kind: "retry-due", isNeeded: this.isNeeded() });
    });
  }

  #cancelRetry(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
  }

  /** The dialog is over. Without a permission there is nothing left to remember; a user who gave up is told so (RFC 8048 §5.2.3). */
  #finish(): void {
    this.#leg = undefined;
    if (this.#authorization === "granted" || this.#authorization === "asked") {
      this.persist();
      return;
    }
    this.#cancelRetry();
    this.#isOver = true;
    this.#tell(this.#shown.forget());
    if (this.#authorization === "none") this.#tellDecision("unsubscribed", undefined);
    this.#ports.watches.remove(this.id);
    this.#owner.finished(this);
  }

  #tell(presences: readonly Presence[]): void {
    for (const presence of presences) this.#ports.local.presence(presence);
  }

  #tellDecision(type: "subscribed" | "unsubscribed", text: string | undefined): void {
    const status = text === undefined ? [] : [el("status", "jabber:client", {}, text)];
    this.#ports.local.presence(makePresence({ type, from: this.contact, to: this.user }, ...status));
  }
}
