import type { UsagePorts } from "../dialog/usage-ports.ts";
import type {
  SubscribeInit,
  SubscriberUser,
  Subscribing,
  Subscription,
  SubscriptionSnapshot,
} from "./subscriber-user.ts";
import { SubscriptionUsage } from "./subscription-usage.ts";

/** We watch: makes subscriptions and takes up those of an earlier run (RFC 6665 §4.1). */
export class Subscriber implements Subscribing {
  readonly #ports: UsagePorts;

  constructor(ports: UsagePorts) {
    this.#ports = ports;
  }

  subscribe(init: SubscribeInit, user: SubscriberUser): Subscription {
    const usage = new SubscriptionUsage(init, user, this.#ports);
    if (!this.#ports.dialogs.tally.hasRoomFor(usage.remoteDomain)) {
      usage.fail({ status: 503, reason: "too many dialogs", cause: "route", rule: "dialog-limit" });
    } else {
      usage.start();
    }
    return usage;
  }

  restore(snapshot: SubscriptionSnapshot, user: SubscriberUser): Subscription | undefined {
    if (snapshot.expiresAt <= this.#ports.clock.now()) return undefined;
    const usage = new SubscriptionUsage(snapshot.init, user, this.#ports, snapshot.dialog);
    usage.resume(snapshot);
    return usage;
  }
}
