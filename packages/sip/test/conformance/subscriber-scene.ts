import type {
  HeaderLine,
  Notification,
  SubscribeInit,
  SubscribeRefusal,
  SubscriberUser,
  Subscription,
  SubscriptionEnd,
  SubscriptionSnapshot,
} from "@interpres/sip";
import { type PeerRequest, Stage, type StageOptions } from "./stage.ts";

export const init: SubscribeInit = {
  localUri: "sip:bob@example.com",
  remoteUri: "sip:alice@contoso.example",
  event: "presence",
  accept: ["application/pidf+xml"],
  expiresSeconds: 3600,
};

export class Watcher implements SubscriberUser {
  readonly heard: string[] = [];
  readonly notifications: Notification[] = [];
  readonly refusals: SubscribeRefusal[] = [];
  snapshot: SubscriptionSnapshot | undefined;
  due: "refresh" | "let-expire" = "refresh";

  accepted(expiresSeconds: number): void {
    this.heard.push(`accepted ${expiresSeconds}`);
  }

  notified(notification: Notification): void {
    this.notifications.push(notification);
    this.heard.push(`notified ${notification.state}`);
  }

  refused(refusal: SubscribeRefusal): void {
    this.refusals.push(refusal);
    this.heard.push(`refused ${refusal.status} ${refusal.subscription}`);
  }

  changed(snapshot: SubscriptionSnapshot): void {
    this.snapshot = snapshot;
  }

  ended(cause: SubscriptionEnd): void {
    this.heard.push(`ended ${cause}`);
  }

  refreshDue(): "refresh" | "let-expire" {
    return this.due;
  }
}

export const RR =
  "<sip:pool.contoso.example:5061;transport=tls;opaque=state:F;lr;ms-route-sig=eXg>;ms-rrsig=eXk;tag=3F79";

export class Scene {
  readonly stage: Stage;
  readonly user = new Watcher();
  readonly subscription: Subscription;
  #cseq = 1;

  constructor(options: StageOptions = {}, changes: Partial<SubscribeInit> = {}) {
    this.stage = new Stage(options);
    this.subscription = this.stage.core.subscriber.subscribe({ ...init, ...changes }, this.user);
  }

  get transport() {
    return this.stage.transport;
  }

  accept(expires?: number, headers: readonly HeaderLine[] = []): void {
    const lines: HeaderLine[] = expires === undefined ? [] : [["Expires", `${expires}`]];
    this.stage.answer(
      200,
      { headers: [...lines, ["Contact", "<sip:alice@contoso.example;gruu>"], ...headers] },
      "SUBSCRIBE",
    );
  }

  /** A NOTIFY of the dialog. */
  notify(state: string, changes: Partial<PeerRequest> = {}, headers: readonly HeaderLine[] = []): number {
    const subscribe = this.transport.lastRequest("SUBSCRIBE");
    this.#cseq += 1;
    this.stage.request({
      method: "NOTIFY",
      from: "<sip:alice@contoso.example>;epid=451e9252b6;tag=peer",
      to: subscribe.first("From") ?? "",
      callId: subscribe.callId,
      cseq: this.#cseq,
      headers: [["Event", "presence"], ["Subscription-State", state], ["Record-Route", RR], ...headers],
      ...changes,
    });
    return this.transport.lastResponse().status;
  }

  /** A subscription that stands. */
  established(expires = 3600): this {
    this.accept(expires);
    this.notify(`active;expires=${expires}`);
    this.user.heard.length = 0;
    return this;
  }
}
