import type { Notification, SubscribeRefusal, SubscriberUser, Subscription, SubscriptionEnd } from "@interpres/sip";

/** What a leg tells its watch; the watch knows by the leg itself whether it is still the one that counts. */
export interface LegOwner {
  notified(leg: SubscriptionLeg, notification: Notification): void;
  refused(leg: SubscriptionLeg, refusal: SubscribeRefusal): void;
  ended(leg: SubscriptionLeg, cause: SubscriptionEnd): void;
  persist(): void;
  /** False lets the grant run out. */
  isNeeded(): boolean;
}

/** One SIP subscription of a watch. A watch may outlive several; news of a past one must not move it. */
export class SubscriptionLeg implements SubscriberUser {
  subscription: Subscription | undefined;
  readonly #owner: LegOwner;

  constructor(owner: LegOwner) {
    this.#owner = owner;
  }

  begin(subscribe: (user: SubscriberUser) => Subscription): void {
    this.subscription = subscribe(this);
  }

  /** RFC 8048 §5.2.1: a 2xx decides nothing. */
  accepted(): void {
    return;
  }

  notified(notification: Notification): void {
    this.#owner.notified(this, notification);
  }

  refused(refusal: SubscribeRefusal): void {
    this.#owner.refused(this, refusal);
  }

  changed(): void {
    this.#owner.persist();
  }

  ended(cause: SubscriptionEnd): void {
    this.#owner.ended(this, cause);
  }

  /** Asked when the grant is about to end. */
  refreshDue(): "refresh" | "let-expire" {
    return this.#owner.isNeeded() ? "refresh" : "let-expire";
  }
}
