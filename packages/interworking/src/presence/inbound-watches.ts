import type { IncomingSubscribe, WatchEnd } from "@interpres/sip";
import { type BareJid, makePresence, parseBareJid, type RosterVerdict } from "@interpres/xmpp";
import { type Element, el } from "@interpres/xmpp/xml";
import { type FailureCause, onTheWire } from "../failure/failure.ts";
import { asKnown, type InboundParties, inboundParties } from "../failure/inbound-parties.ts";
import type { Trails } from "../model/trail.ts";
import { cleanText } from "../payload/plain-text.ts";
import { trailElement, trailOfRequest } from "../payload/trail-marker.ts";
import type { InboundAuthorization } from "./inbound-view.ts";
import { InboundWatch, type InboundWatchOwner } from "./inbound-watch.ts";
import { pairKey, type UsersMeant, type WatchPorts, type WatchView } from "./watch-ports.ts";
import type { InboundWatchRow } from "./watch-repository.ts";

export interface InboundWatchesSettings {
  readonly maxInboundWatches: number;
  /** After a start, how long users have to come back before watchers are told that they are gone. */
  readonly settleSeconds: number;
}

export interface InboundWatchesPorts extends WatchPorts {
  readonly settings: InboundWatchesSettings;
  /** True when our own subscription tells the user how that contact is. */
  readonly isWatched: (user: BareJid, contact: BareJid) => boolean;
}

/** Dialogs one watcher may have with one user: a few devices, and some that died without a word. */
const DIALOGS_OF_A_PAIR = 16;
/** She has not been asked yet, or we do not know that she has. */
const UNASKED: ReadonlySet<RosterVerdict> = new Set(["none", "approved", "undecided"]);
const NICK = "http://jabber.org/protocol/nick";

/** Foreign watchers of our users (RFC 8048 §5.3). */
export class InboundWatches implements InboundWatchOwner {
  readonly #ports: InboundWatchesPorts;
  readonly #pairs = new Map<string, readonly InboundWatch[]>();
  readonly #byUser = new Map<string, Set<InboundWatch>>();
  #size = 0;

  constructor(ports: InboundWatchesPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#size;
  }

  /** A SUBSCRIBE outside a dialog. */
  receive(incoming: IncomingSubscribe): void {
    const parties = inboundParties(incoming.request, this.#ports);
    if (parties.kind === "refused") {
      this.#refuse(incoming, parties.cause);
      return;
    }
    if (this.#size >= this.#ports.settings.maxInboundWatches) {
      this.#refuse(incoming, "too-many-waiting");
      return;
    }
    const use = (known: InboundParties): void => this.#judge(incoming, known);
    asKnown(parties, this.#ports, { use, failed: () => incoming.refuse(500) });
  }

  #judge(incoming: IncomingSubscribe, parties: InboundParties): void {
    this.#ports.local.mayWatch(parties.contact, parties.user).then(
      (verdict) => {
        if (verdict === "full") this.#refuse(incoming, "too-many-watchers", parties.user);
        else if (verdict === "unreachable") this.#refuse(incoming, "user-unreachable", parties.user);
        else this.#begin(incoming, parties, verdict);
      },
      (error: unknown) => {
        const { callId: correlationId } = incoming.request;
        const user = parties.user.toString();
        this.#ports.log.error("roster.unreadable", { correlationId, user, error: String(error) });
        incoming.refuse(500);
      },
    );
  }

  /** The user's availability towards that contact changed, or her answer to his request is yes. */
  stateChanged(user: BareJid, contact: BareJid): void {
    for (const watch of this.#watchesOf(user, contact)) watch.stateChanged();
  }

  /** Whom the user lets watch her may be others now. */
  permissionsChanged(user: BareJid): void {
    for (const watch of this.#byUser.get(user.toString()) ?? []) watch.permissionsChanged();
  }

  /**
   * The server of these users is there again: it is asked how those are who let themselves be watched, and those who have
   * not decided are asked once more, because the question may be lost.
   */
  usersReturned(isMeant: UsersMeant): void {
    for (const [watch] of [...this.#pairs.values()]) {
      if (watch === undefined || !isMeant(watch.user, watch.watcher)) continue;
      const { user, watcher } = watch;
      if (watch.authorization === "granted")
        this.#ports.local.presence(makePresence({ type: "probe", from: watcher, to: user }));
      else if (watch.authorization === "asked") this.#ask({ user, contact: watcher }, []);
    }
  }

  /** These users are no longer ours to speak for. */
  usersWithdrawn(isMeant: UsersMeant): void {
    for (const watch of this.#all()) if (isMeant(watch.user, watch.watcher)) watch.terminate("noresource");
  }

  /** `unsubscribed` from the user. */
  denied(user: BareJid, contact: BareJid): void {
    for (const watch of this.#watchesOf(user, contact)) watch.denied();
  }

  /** The dialogs of the last run; each watcher is told once where things stand, spread over the settling time. */
  restore(rows: readonly InboundWatchRow[]): void {
    const { settleSeconds } = this.#ports.settings;
    for (const row of rows) {
      const user = parseBareJid(row.local);
      const watcher = parseBareJid(row.foreign);
      if (user === undefined || watcher === undefined) continue;
      if (this.#ports.peers.of(watcher.domain) === undefined) {
        this.#ports.watches.remove(row.id);
        continue;
      }
      const watch = this.#make(row.id, { user, contact: watcher }, row.authorization);
      const settleMs = settleSeconds * 1000 + this.#ports.random.below(settleSeconds * 1000 + 1);
      if (watch.restore(row.snapshot, settleMs)) this.#add(watch);
      else this.#ports.watches.remove(row.id);
    }
  }

  /** The watchers of these domains are no longer federated with. */
  withdraw(isGone: (domain: string) => boolean): void {
    for (const watch of this.#all()) if (isGone(watch.watcher.domain)) watch.terminate("rejected");
  }

  /** The watchers of these domains are spoken to differently from now on: each is told everything in that way. */
  retell(isChanged: (domain: string) => boolean): void {
    for (const watch of this.#all()) if (isChanged(watch.watcher.domain)) watch.tellAll();
  }

  readdressed(isConcerned: (user: BareJid) => boolean): void {
    for (const watch of this.#all()) if (isConcerned(watch.user)) watch.readdressed();
  }

  /** Tells the watcher the full state; false when there is no such watch. */
  refresh(id: string): boolean {
    const watch = this.#all().find((candidate) => candidate.id === id);
    watch?.tellAll();
    return watch !== undefined;
  }

  views(): readonly WatchView[] {
    return this.#all().map((watch) => watch.view);
  }

  stop(): void {
    for (const watch of this.#all()) watch.stop();
    this.#pairs.clear();
    this.#byUser.clear();
    this.#size = 0;
  }

  #begin(incoming: IncomingSubscribe, parties: InboundParties, verdict: RosterVerdict): void {
    const watch = this.#make(this.#ports.random.token(), parties, "none");
    const isFetch = incoming.expiresSeconds === 0;
    if (!isFetch) this.#add(watch);
    watch.begin(incoming, verdict);
    const result = watch.authorization === "granted" ? "active" : "pending";
    this.#ports.meter.subscriptions.add({ direction: "inbound", result });
    this.#record(incoming, parties, watch.authorization);
    // One approved beforehand asks too: the answer is known, and moves the roster.
    if (UNASKED.has(verdict) && !isFetch) this.#ask(parties, askedBy(incoming, this.#ports.trails));
  }

  /** The user decides. */
  #ask({ user, contact }: Pick<InboundParties, "user" | "contact">, content: readonly Element[]): void {
    this.#ports.local.presence(makePresence({ type: "subscribe", from: contact, to: user }, ...content));
  }

  reopened({ user, watcher }: InboundWatch): void {
    this.#ask({ user, contact: watcher }, []);
  }

  #make(
    id: string,
    pair: { readonly user: BareJid; readonly contact: BareJid },
    authorization: InboundAuthorization,
  ): InboundWatch {
    const { user, contact: watcher } = pair;
    return new InboundWatch(this.#ports, { id, user, watcher, authorization, owner: this });
  }

  #add(watch: InboundWatch): void {
    const key = pairKey(watch.user, watch.watcher);
    const watches = [...(this.#pairs.get(key) ?? []), watch];
    this.#pairs.set(key, watches);
    const user = watch.user.toString();
    this.#byUser.set(user, (this.#byUser.get(user) ?? new Set()).add(watch));
    this.#size += 1;
    if (watches.length <= DIALOGS_OF_A_PAIR) return;
    const [oldest] = watches;
    oldest?.terminate("deactivated");
  }

  finished(watch: InboundWatch, reason: WatchEnd): void {
    const key = pairKey(watch.user, watch.watcher);
    const before = this.#pairs.get(key);
    if (before?.includes(watch) !== true) return;
    const watches = before.filter((other) => other !== watch);
    this.#size -= 1;
    if (watches.length === 0) this.#pairs.delete(key);
    else this.#pairs.set(key, watches);
    this.#forget(watch);
    this.#ports.watches.remove(watch.id);
    if (reason === "notify-failed") this.#recordLoss(watch);
    // RFC 8048 §5.3.3; not where our own subscription knows better.
    const isLast = watches.length === 0;
    if (
      reason === "unsubscribed" &&
      isLast &&
      watch.authorization === "granted" &&
      !this.#ports.isWatched(watch.user, watch.watcher)
    ) {
      this.#ports.local.presence(makePresence({ type: "unavailable", from: watch.watcher, to: watch.user }));
    }
  }

  #forget(watch: InboundWatch): void {
    const user = watch.user.toString();
    const watches = this.#byUser.get(user);
    watches?.delete(watch);
    if (watches?.size === 0) this.#byUser.delete(user);
  }

  #refuse(incoming: IncomingSubscribe, cause: FailureCause, user?: BareJid): void {
    const { status, reason } = onTheWire[cause];
    this.#ports.meter.subscriptions.add({ direction: "inbound", result: "refused" });
    this.#ports.decisions.record({
      kind: "subscription",
      direction: "inbound",
      ...(user === undefined ? {} : { user: user.toString() }),
      peer: incoming.request.from.uri,
      decisions: [{ rule: cause, outcome: "refuse", inputs: { requestUri: incoming.request.requestUri } }],
      result: `refused ${status}`,
    });
    incoming.refuse(status, { reason });
  }

  #record(incoming: IncomingSubscribe, { user, contact }: InboundParties, authorization: InboundAuthorization): void {
    const inputs = { authorization, callId: incoming.request.callId, expiresSeconds: incoming.expiresSeconds };
    this.#ports.decisions.record({
      kind: "subscription",
      direction: "inbound",
      user: user.toString(),
      peer: contact.toString(),
      peerUri: incoming.request.from.uri,
      decisions: [{ rule: "roster-subscription", outcome: "done", inputs }],
      result: "accepted 200",
    });
  }

  #recordLoss(watch: InboundWatch): void {
    this.#ports.decisions.record({
      kind: "notify",
      direction: "inbound",
      user: watch.user.toString(),
      peer: watch.watcher.toString(),
      decisions: [{ rule: "notify-answer", outcome: "failed", inputs: { id: watch.id } }],
      result: "failed",
    });
  }

  #watchesOf(user: BareJid, contact: BareJid): readonly InboundWatch[] {
    return this.#pairs.get(pairKey(user, contact)) ?? [];
  }

  #all(): readonly InboundWatch[] {
    return [...this.#pairs.values()].flat();
  }
}

/** What the question to the user carries: the name the watcher goes by (XEP-0172), and where it has been. */
function askedBy(incoming: IncomingSubscribe, trails: Trails): readonly Element[] {
  const name = nameOf(incoming);
  const trail = trailElement(trails.onward(trailOfRequest(incoming.request)));
  return name === "" ? [trail] : [el("nick", NICK, {}, name), trail];
}

/** What the watcher calls himself, fit to be shown. */
function nameOf({ request }: IncomingSubscribe): string {
  return cleanText(request.from.displayName ?? "")
    .trim()
    .slice(0, 128);
}
