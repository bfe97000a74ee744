import type { Clock, Timer } from "@interpres/runtime";
import type { SipResponse } from "@interpres/sip";
import { NoAnswerError } from "../sip-peer.ts";
import type { SimulatorEvent } from "./events.ts";
import { established, type Incoming, type PeerDialog, type PeerDialogs } from "./peer-dialogs.ts";
import type { PeerState } from "./peer-style.ts";
import type { PeerWire } from "./peer-wire.ts";
import { stateIn } from "./read-state.ts";

export interface UsageParts {
  readonly wire: PeerWire;
  readonly dialogs: PeerDialogs;
  readonly clock: Clock;
  readonly tell: (event: SimulatorEvent) => void;
}

const DEFAULT_GRANT_SECONDS = 7200;
const DEFAULT_EXPIRES_SECONDS = 3600;

/** Presence at a simulator: its users' states for watchers of the other side, and subscriptions of its own users. */
export class PresenceUsage {
  readonly #parts: UsageParts;
  readonly #grantSeconds: number;
  readonly #states = new Map<string, PeerState>();
  /** What a watcher's first SUBSCRIBE accepted, for the life of his subscription. */
  readonly #accepted = new WeakMap<PeerDialog, readonly string[]>();
  readonly #refreshes = new Map<PeerDialog, Timer>();

  constructor(parts: UsageParts, grantSeconds = DEFAULT_GRANT_SECONDS) {
    this.#parts = parts;
    this.#grantSeconds = grantSeconds;
  }

  /** Changes a user's state and tells every watcher. */
  async setState(user: string, state: PeerState): Promise<void> {
    this.#states.set(user, state);
    const watchers = this.#parts.dialogs.all("watcher").filter((dialog) => dialog.user === user);
    for (const dialog of watchers) await this.#notify(dialog, "active");
  }

  /** `user` begins to watch `remoteUri`. */
  async watch(user: string, remoteUri: string): Promise<SipResponse> {
    const { wire, dialogs } = this.#parts;
    const dialog = dialogs.begin("watch", wire.style.party(user), remoteUri);
    const response = await this.#subscribe(dialog);
    if (response.status >= 300) dialogs.end(dialog);
    else this.#plan(dialog);
    return response;
  }

  /** Refreshes what `watch` began, in its dialog. */
  async refresh(user: string, remoteUri: string): Promise<SipResponse> {
    const response = await this.#subscribe(this.#watched(user, remoteUri));
    if (response.status === 481) this.#end(this.#watched(user, remoteUri));
    return response;
  }

  /** Ends what `watch` began. */
  async unwatch(user: string, remoteUri: string): Promise<SipResponse> {
    const dialog = this.#watched(user, remoteUri);
    return await this.#subscribe(dialog, "Expires: 0");
  }

  /** SUBSCRIBE of the other side. */
  subscribed(incoming: Incoming, user: string): void {
    const { dialogs, wire, tell } = this.#parts;
    const { request } = incoming;
    const accepts = request.values("Accept").map((type) => type.toLowerCase());
    const known = dialogs.of(request);
    if (known === undefined && wire.style.document(user, "offline", accepts) === undefined) {
      wire.refuse(incoming, "406 Not Acceptable");
      return;
    }
    const dialog = known ?? dialogs.answer("watcher", wire.style.party(user), incoming);
    if (known === undefined) this.#accepted.set(dialog, accepts);
    const most = wire.faults.number("grant") ?? this.#grantSeconds;
    dialog.expires = Math.min(request.expires ?? DEFAULT_EXPIRES_SECONDS, most);
    tell({ event: "watcher", user: dialog.user, from: dialog.remoteUri, expires: dialog.expires });
    this.#grant(incoming, dialog);
  }

  /** NOTIFY of the other side, in a dialog of this one. */
  notified({ request }: Incoming, dialog: PeerDialog): void {
    const state = request.subscriptionState?.state ?? "";
    const body = Buffer.from(request.body).toString("utf8");
    this.#parts.tell({ event: "presence", user: dialog.user, of: dialog.remoteUri, state, ...stateIn(body), body });
    if (state === "terminated") this.#end(dialog);
  }

  /** Forgets every plan. */
  stop(): void {
    for (const timer of this.#refreshes.values()) timer.cancel();
    this.#refreshes.clear();
  }

  #grant(incoming: Incoming, dialog: PeerDialog): void {
    const { wire, dialogs } = this.#parts;
    const state = dialog.expires === 0 ? "terminated;reason=timeout" : "active";
    const headers = [`Expires: ${dialog.expires}`];
    if (dialog.expires === 0) dialogs.end(dialog);
    if (wire.style.isNotifyFirst || wire.faults.has("notify-first")) {
      wire.sayOn(incoming.link, dialog, { method: "NOTIFY", ...this.#news(dialog, state) });
      wire.accept(incoming, dialog, { headers });
    } else {
      wire.accept(incoming, dialog, { headers });
      void this.#notify(dialog, state);
    }
  }

  async #notify(dialog: PeerDialog, state: string): Promise<void> {
    const { wire, dialogs, tell } = this.#parts;
    try {
      const response = await wire.send(dialog, "NOTIFY", this.#news(dialog, state));
      if (response.status === 481) dialogs.end(dialog);
    } catch (error) {
      // A connection that is gone is nobody's fault here; the watcher will come again.
      if (error instanceof NoAnswerError) tell({ event: "deviation", rule: "unanswered", detail: error.message });
    }
  }

  #news(dialog: PeerDialog, state: string): { readonly headers: readonly string[]; readonly body: string } {
    const { wire } = this.#parts;
    const shown = wire.faults.has("block") ? "offline" : (this.#states.get(dialog.user) ?? "offline");
    const document = wire.style.document(dialog.user, shown, this.#accepted.get(dialog) ?? []);
    const { headers = [], body = "" } = wire.faults.value("document") === "none" ? {} : (document ?? {});
    return { headers: ["Event: presence", `subscription-state: ${state}`, ...headers], body };
  }

  async #subscribe(dialog: PeerDialog, ...more: readonly string[]): Promise<SipResponse> {
    const { wire } = this.#parts;
    const { headers, body } = wire.style.subscription(dialog);
    const kept = more.length === 0 ? headers : headers.filter((line) => !line.startsWith("Expires:"));
    const response = await wire.send(dialog, "SUBSCRIBE", { headers: [...kept, ...more], body });
    if (response.status < 300 && dialog.remoteTag === "") established(dialog, response);
    return response;
  }

  #watched(user: string, remoteUri: string): PeerDialog {
    const dialog = this.#parts.dialogs.find("watch", user, remoteUri);
    if (dialog === undefined) throw new Error(`${user} does not watch ${remoteUri}`);
    return dialog;
  }

  #plan(dialog: PeerDialog): void {
    const seconds = this.#parts.wire.faults.number("refresh");
    this.#refreshes.get(dialog)?.cancel();
    if (seconds === undefined) return;
    const timer = this.#parts.clock.after(seconds * 1000, () => void this.#refreshAgain(dialog));
    this.#refreshes.set(dialog, timer);
  }

  async #refreshAgain(dialog: PeerDialog): Promise<void> {
    if (!this.#parts.dialogs.has(dialog)) return;
    const response = await this.#subscribe(dialog).catch(() => undefined);
    if (response?.status === 481) this.#end(dialog);
    else this.#plan(dialog);
  }

  #end(dialog: PeerDialog): void {
    this.#refreshes.get(dialog)?.cancel();
    this.#refreshes.delete(dialog);
    this.#parts.dialogs.end(dialog);
  }
}
