import type { DialogSnapshot } from "../dialog/dialog-snapshot.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { HeaderLine } from "../transaction/answer.ts";

/** What we want to watch. `headers` go into every SUBSCRIBE of the dialog. */
export interface SubscribeInit {
  /** `sip:user@local.example`. */
  readonly localUri: string;
  readonly localDisplayName?: string;
  readonly remoteUri: string;
  readonly event: string;
  readonly accept: readonly string[];
  readonly expiresSeconds: number;
  readonly headers?: readonly HeaderLine[];
}

/** One NOTIFY; it is answered 200 as soon as `notified` returns. */
export interface Notification {
  readonly state: "active" | "pending" | "terminated";
  /** RFC 6665 §4.1.3, lower case. */
  readonly reason?: string;
  readonly retryAfterSeconds?: number;
  readonly expiresSeconds?: number;
  /** Lower case, without parameters. */
  readonly contentType?: string;
  readonly body: Uint8Array;
  readonly request: SipRequest;
}

/** A SUBSCRIBE of ours that did not get a 2xx. */
export interface SubscribeRefusal {
  /** 408 and 503 stand for no answer (RFC 3261 §8.1.3.1). */
  readonly status: number;
  readonly reason: string;
  readonly cause: "response" | "timeout" | "transport" | "route";
  /** The rule that found no route, when `cause` is "route". */
  readonly rule?: string;
  /** The peer's own words, when `cause` is "response". */
  readonly response?: SipResponse;
  readonly minExpiresSeconds?: number;
  readonly retryAfterSeconds?: number;
  /** "kept": a refresh failed in a way that leaves the subscription standing until it expires (RFC 6665 §4.1.2.2). */
  readonly subscription: "ended" | "kept";
}

/** Why a subscription of ours is over. "no-notify": Timer N, counted from the 2xx, ran out (RFC 6665 §4.1.2.4). "expired": no refresh succeeded. */
export type SubscriptionEnd = "refused" | "terminated" | "unsubscribed" | "expired" | "no-notify";

/** The subscriber's user (RFC 6665 §4.1). `ended` comes exactly once and last. */
export interface SubscriberUser {
  /** A 2xx to SUBSCRIBE; says nothing about approval. */
  accepted(expiresSeconds: number): void;
  notified(notification: Notification): void;
  refused(refusal: SubscribeRefusal): void;
  /** Persist this. Called first when the dialog stands, then when grant, approval or remote target change. */
  changed(snapshot: SubscriptionSnapshot): void;
  ended(cause: SubscriptionEnd): void;
  /** Asked when the refresh timer fires; "refresh" without it. "let-expire" when nobody is there to watch. */
  refreshDue?(): "refresh" | "let-expire";
}

/** A subscription of ours that has a dialog; JSON-able. */
export interface SubscriptionSnapshot {
  readonly init: SubscribeInit;
  readonly dialog: DialogSnapshot;
  readonly state: "pending" | "active";
  /** When the grant ends, milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface Subscription {
  /** Undefined until the dialog stands. */
  readonly snapshot: SubscriptionSnapshot | undefined;
  /** Sends a SUBSCRIBE in the dialog now; nothing while one is under way or no dialog stands. */
  refresh(): void;
  /** SUBSCRIBE with Expires 0, then waits up to Timer N for the last NOTIFY; `ended` follows. */
  unsubscribe(): void;
  /** Forgets it without a word on the wire; no callback follows. */
  abandon(): void;
}

/** We watch: RFC 6665 §4.1. */
export interface Subscribing {
  subscribe(init: SubscribeInit, user: SubscriberUser): Subscription;
  /** No traffic until `refresh()` or the refresh timer; undefined when the grant ran out meanwhile. */
  restore(snapshot: SubscriptionSnapshot, user: SubscriberUser): Subscription | undefined;
}
