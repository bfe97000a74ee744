import { hash } from "node:crypto";
import type { Timer } from "@interpres/runtime";
import type { IncomingSubscribe, NotifierUser, NotifyInit, Watch, WatchEnd, WatchSnapshot } from "@interpres/sip";
import type { BareJid, RosterVerdict } from "@interpres/xmpp";
import { PIDF_TYPE } from "../payload/pidf.ts";
import { authorizationFromRoster, type InboundAuthorization, viewOf } from "./inbound-view.ts";
import { languageOf, presenceDocument, stateOf } from "./presence-to-pidf.ts";
import { viewOfDialog, type WatchPorts, type WatchView } from "./watch-ports.ts";
import type { InboundWatchRow } from "./watch-repository.ts";

/** Who keeps the watches. */
export interface InboundWatchOwner {
  /** The user no longer blocks the watcher, and has not decided on him otherwise: she is to be asked. */
  reopened(watch: InboundWatch): void;
  /** The dialog is over; called once. */
  finished(watch: InboundWatch, reason: WatchEnd): void;
}

export interface InboundWatchInit {
  readonly id: string;
  readonly user: BareJid;
  readonly watcher: BareJid;
  readonly authorization: InboundAuthorization;
  readonly owner: InboundWatchOwner;
}

const OFFLINE: InboundAuthorization = "blocked";

/** One foreign watcher's dialog with one of our users: what he may see, and what he was told last. */
export class InboundWatch implements NotifierUser {
  readonly id: string;
  readonly user: BareJid;
  readonly watcher: BareJid;
  readonly #ports: WatchPorts;
  readonly #owner: InboundWatchOwner;
  #authorization: InboundAuthorization;
  #watch: Watch | undefined;
  /** Hash of what the last NOTIFY said: the text itself would be most of what a watch holds. */
  #told = "";
  #lastNotifiedAt: number | undefined;
  #isQueued = false;
  #pause: Timer | undefined;
  #settling: Timer | undefined;
  #isFetch = false;

  constructor(ports: WatchPorts, init: InboundWatchInit) {
    this.#ports = ports;
    this.#owner = init.owner;
    this.id = init.id;
    this.user = init.user;
    this.watcher = init.watcher;
    this.#authorization = init.authorization;
  }

  get authorization(): InboundAuthorization {
    return this.#authorization;
  }

  /** Accepts the SUBSCRIBE; the 200 leaves when the row is on the disk, the first NOTIFY right behind it. */
  begin(incoming: IncomingSubscribe, verdict: RosterVerdict): void {
    this.#authorization = authorizationFromRoster(this.#authorization, verdict);
    if (incoming.expiresSeconds === 0) {
      this.#isFetch = true;
      this.#watch = incoming.accept(this);
      this.#last();
      return;
    }
    this.#watch = incoming.accept(this, {
      beforeAnswer: (snapshot, send) => this.#ports.watches.put(this.#row(snapshot), send),
    });
    this.#notify("always");
  }

  /**
   * Goes on with a dialog that outlived the process; false when it ran out. After `settleMs` the watcher is told where
   * things stand: until then users are given time to come back, and he is not told that they left.
   */
  restore(snapshot: WatchSnapshot, settleMs: number): boolean {
    this.#watch = this.#ports.agent.notifier.restore(snapshot, this);
    if (this.#watch === undefined) return false;
    this.#settling = this.#ports.clock.after(settleMs, () => this.stateChanged());
    return true;
  }

  /** The user's state may have changed: tells the watcher when that is news to him, and he may hear of her again. */
  stateChanged(): void {
    if (this.#isQueued || this.#pause !== undefined || this.#watch === undefined) return;
    const waitMs = this.#pauseMs();
    if (waitMs === 0) this.permissionsChanged();
    else this.#pause = this.#ports.clock.after(waitMs, () => this.permissionsChanged());
  }

  /** What he may see may be something else now, which waits for nothing but room towards his peer. */
  permissionsChanged(): void {
    this.#endPause();
    if (this.#isQueued || this.#watch === undefined) return;
    this.#isQueued = true;
    this.#queue("if-changed");
  }

  /** The user said no (RFC 8048 §5.3.1). */
  denied(): void {
    this.#authorize("refused");
    this.#notify("if-changed");
  }

  /** The full state now, told before or not. */
  tellAll(): void {
    this.#endPause();
    this.#isQueued = true;
    this.#queue("always");
  }

  /** The user's address for federation may be another now: whoever watches an old one watches nobody, when his turn comes. */
  readdressed(): void {
    const { addresses, peers } = this.#ports;
    const dialog = this.#watch?.snapshot.dialog;
    if (dialog === undefined || addresses.isAddressOf(dialog.localUri, this.user)) return;
    const end = (): void => this.terminate("noresource");
    if (peers.of(this.watcher.domain)?.line.pass("refresh", end) !== "accepted") end();
  }

  /** Ends the dialog with a reason of RFC 6665 §4.1.3. */
  terminate(reason: "rejected" | "deactivated" | "noresource"): void {
    this.#watch?.terminate(reason);
  }

  /** The node stops; the dialog is kept for the next start. */
  stop(): void {
    this.#cancelTimers();
    this.#watch?.abandon();
    this.#watch = undefined;
  }

  refreshed(expiresSeconds: number): void {
    if (expiresSeconds === 0) this.#last();
    else this.tellAll();
  }

  ended(reason: WatchEnd): void {
    this.#watch = undefined;
    this.#cancelTimers();
    this.#owner.finished(this, reason);
  }

  changed(snapshot: WatchSnapshot): void {
    if (this.#watch !== undefined) this.#ports.watches.put(this.#row(snapshot));
  }

  get view(): WatchView {
    const snapshot = this.#watch?.snapshot;
    return {
      id: this.id,
      direction: "inbound",
      local: this.user.toString(),
      foreign: this.watcher.toString(),
      peer: this.watcher.domain,
      authorization: this.#authorization === "blocked" ? "refused" : this.#authorization,
      dialog: snapshot?.state ?? "none",
      ...(snapshot === undefined ? {} : viewOfDialog(snapshot)),
      ...(this.#lastNotifiedAt === undefined ? {} : { lastNotifiedAt: this.#lastNotifiedAt }),
    };
  }

  #cancelTimers(): void {
    this.#endPause();
    this.#settling?.cancel();
  }

  #endPause(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
  }

  /** Changes in quick succession are one NOTIFY (RFC 3856 §6.10); who has been waiting for a decision waits no longer. */
  #pauseMs(): number {
    const last = this.#lastNotifiedAt;
    const seconds = this.#ports.peers.of(this.watcher.domain)?.dialect.notifyIntervalSeconds ?? 0;
    if (last === undefined || this.#watch?.snapshot.state === "pending") return 0;
    return Math.max(0, last + seconds * 1000 - this.#ports.clock.now());
  }

  #queue(mode: "always" | "if-changed"): void {
    const line = this.#ports.peers.of(this.watcher.domain)?.line;
    if (line?.pass("presence", () => this.#askRoster(mode)) === "accepted") return;
    // The next change, or the watcher's refresh, tells him all of it.
    this.#isQueued = false;
    const correlationId = this.#watch?.snapshot.dialog.callId;
    this.#ports.log.warn("notification.not-queued", { correlationId, peer: this.watcher.domain });
  }

  /** Asked anew each time: what the roster forbids now must not leave now. */
  #askRoster(mode: "always" | "if-changed"): void {
    this.#isQueued = false;
    if (this.#watch === undefined) return;
    this.#ports.local.mayWatch(this.watcher, this.user).then(
      (verdict) => {
        const isReopened = this.#authorization === "blocked" && (verdict === "none" || verdict === "approved");
        this.#authorize(authorizationFromRoster(this.#authorization, verdict));
        this.#notify(mode);
        if (isReopened) this.#owner.reopened(this);
      },
      (error: unknown) =>
        this.#ports.log.error("roster.unreadable", { user: this.user.toString(), error: String(error) }),
    );
  }

  #authorize(authorization: InboundAuthorization): void {
    if (authorization === this.#authorization) return;
    this.#authorization = authorization;
    const snapshot = this.#watch?.snapshot;
    if (snapshot !== undefined) this.#ports.watches.put(this.#row(snapshot));
    this.#ports.decisions.record({
      kind: "subscription",
      direction: "inbound",
      user: this.user.toString(),
      peer: this.watcher.toString(),
      decisions: [{ rule: "roster-subscription", outcome: "done", inputs: { authorization } }],
      result: authorization,
    });
  }

  #notify(mode: "always" | "if-changed"): void {
    const watch = this.#watch;
    const dialect = this.#ports.peers.of(this.watcher.domain)?.dialect;
    if (watch === undefined || dialect === undefined) return;
    const view = viewOf(this.#authorization, dialect);
    if (view.kind === "rejected") {
      watch.terminate("rejected");
      return;
    }
    const notify: NotifyInit =
      view.kind === "pending"
        ? { state: "pending" }
        : { state: "active", ...this.#document(view.kind === "real" ? "granted" : OFFLINE) };
    const told = hash("sha1", `${notify.state} ${notify.body ?? ""}`, "base64");
    if (mode === "if-changed" && told === this.#told) {
      this.#ports.meter.notifications.add({ direction: "inbound", result: "repeated" });
      return;
    }
    this.#told = told;
    this.#lastNotifiedAt = this.#ports.clock.now();
    this.#ports.meter.notifications.add({ direction: "inbound", result: "passed" });
    watch.notify(notify);
  }

  /** The NOTIFY that ends it: a fetch is told the state (RFC 6665 §4.4.3), one who leaves is told "closed" (RFC 8048 §5.3.3). */
  #last(): void {
    const seen = this.#isFetch ? this.#authorization : OFFLINE;
    this.#watch?.notify({ state: "terminated", reason: "timeout", ...this.#document(seen) });
  }

  #document(seenAs: InboundAuthorization): Pick<NotifyInit, "contentType" | "contentLanguage" | "body"> {
    const { peers, addresses, local } = this.#ports;
    const dialect = peers.of(this.watcher.domain)?.dialect;
    const contactUri = addresses.localUri(this.user);
    const uri = this.#watch === undefined ? contactUri : addresses.localUriIn(this.#watch.snapshot.dialog, this.user);
    if (dialect === undefined || uri === undefined || contactUri === undefined) return {};
    const presences = seenAs === "granted" ? local.availability(this.user, this.watcher) : [];
    const state = stateOf(presences, addresses.displayName(this.user));
    const body = presenceDocument({ dialect, uri, contactUri, state });
    const language = dialect.presenceFormat === "rpid-pidf" ? languageOf(state) : undefined;
    return { contentType: PIDF_TYPE, body, ...(language === undefined ? {} : { contentLanguage: language }) };
  }

  #row(snapshot: WatchSnapshot): InboundWatchRow {
    return {
      id: this.id,
      direction: "inbound",
      local: this.user.toString(),
      foreign: this.watcher.toString(),
      authorization: this.#authorization,
      snapshot,
    };
  }
}
