import assert from "node:assert/strict";
import type {
  AcceptOptions,
  HeaderLine,
  IncomingSubscribe,
  NotifierUser,
  SipRequest,
  Watch,
  WatchSnapshot,
} from "@interpres/sip";
import { type PeerRequest, Stage, type StageOptions } from "./stage.ts";

export const presence: HeaderLine = ["Event", "presence"];

export class Presentity implements NotifierUser {
  readonly heard: string[] = [];
  snapshot: WatchSnapshot | undefined;
  /** Called within `refreshed`. */
  onRefreshed: () => void = () => undefined;

  refreshed(expiresSeconds: number): void {
    this.heard.push(`refreshed ${expiresSeconds}`);
    this.onRefreshed();
  }

  ended(reason: string): void {
    this.heard.push(`ended ${reason}`);
  }

  changed(snapshot: WatchSnapshot): void {
    this.snapshot = snapshot;
  }
}

export class Scene {
  readonly stage: Stage;
  readonly user = new Presentity();
  readonly incoming: IncomingSubscribe[] = [];
  watch: Watch | undefined;
  subscribe: SipRequest | undefined;

  constructor(options: StageOptions = {}) {
    this.stage = new Stage(options);
    this.stage.core.notifier.onSubscribe((incoming) => this.incoming.push(incoming));
  }

  get transport() {
    return this.stage.transport;
  }

  ask(parts: Partial<PeerRequest> = {}): number | undefined {
    this.subscribe = this.stage.request({ method: "SUBSCRIBE", headers: [presence], ...parts });
    return this.transport.responses.at(-1)?.status;
  }

  accept(options?: AcceptOptions): Watch {
    const watch = this.incoming.at(-1)?.accept(this.user, options);
    assert.ok(watch);
    this.watch = watch;
    return watch;
  }

  /** Asked for an hour, accepted, the first NOTIFY answered. */
  standing(parts: Partial<PeerRequest> = {}): Watch {
    this.ask({ headers: [presence, ["Expires", "3600"]], ...parts });
    const watch = this.accept();
    watch.notify({ state: "active" });
    this.stage.answer(200);
    return watch;
  }

  /** A SUBSCRIBE in the dialog. */
  refresh(expires: number | undefined, changes: Partial<PeerRequest> = {}): number {
    const headers: HeaderLine[] = expires === undefined ? [presence] : [presence, ["Expires", `${expires}`]];
    this.stage.request({
      method: "SUBSCRIBE",
      to: this.transport.responses.find(({ status }) => status === 200)?.first("To") ?? "",
      callId: this.subscribe?.callId ?? "",
      cseq: 2,
      headers,
      ...changes,
    });
    return this.transport.lastResponse().status;
  }

  states(): readonly string[] {
    return this.transport.requestsOf("NOTIFY").map((notify) => notify.first("Subscription-State") ?? "");
  }
}
