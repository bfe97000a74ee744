import type {
  Notification,
  SubscribeInit,
  SubscribeRefusal,
  SubscriberUser,
  Subscribing,
  Subscription,
  SubscriptionEnd,
  SubscriptionSnapshot,
} from "@interpres/sip";
import { trailHeader } from "../payload/trail-marker.ts";
import type { WatchPorts } from "./watch-ports.ts";

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
  /** The name our user has in it; undefined while its SUBSCRIBE stands in line. */
  localUri: string | undefined;
  readonly #owner: LegOwner;
  #isRefreshWaiting = false;

  constructor(owner: LegOwner) {
    this.#owner = owner;
  }

  begin(init: Omit<SubscribeInit, "event" | "headers">, { agent, trails }: Pick<WatchPorts, "agent" | "trails">): void {
    this.localUri = init.localUri;
    const headers = [trailHeader(trails.begun())];
    this.subscription = agent.subscriber.subscribe({ ...init, event: "presence", headers }, this);
  }

  /** Goes on with a subscription of the last run; false when it ran out. */
  resume(snapshot: SubscriptionSnapshot, subscriber: Subscribing): boolean {
    this.localUri = snapshot.init.localUri;
    this.subscription = subscriber.restore(snapshot, this);
    return this.subscription !== undefined;
  }

  /** Refreshes when `pass` gives it its turn. One that stands in line is enough: whoever asks meanwhile is answered by it. */
  refreshInTurn(pass: (run: () => void) => "accepted" | "full" | undefined): void {
    if (this.#isRefreshWaiting) return;
    this.#isRefreshWaiting = true;
    const passed = pass(() => {
      this.#isRefreshWaiting = false;
      // One that is over by then does nothing.
      this.subscription?.refresh();
    });
    if (passed !== "accepted") this.#isRefreshWaiting = false;
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
