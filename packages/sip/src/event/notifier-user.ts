import type { DialogSnapshot } from "../dialog/dialog-snapshot.ts";
import type { SipRequest } from "../message/message.ts";
import type { AnswerOptions } from "../transaction/answer.ts";

/** "notify-failed": a NOTIFY got 481, no answer or another final refusal (RFC 6665 §4.2.2). "terminated": we said so. */
export type WatchEnd = "unsubscribed" | "expired" | "notify-failed" | "terminated";

/** The notifier's user (RFC 6665 §4.2). `ended` comes exactly once and last. */
export interface NotifierUser {
  /**
   * A SUBSCRIBE refreshed the watch: call `watch.notify` with the full state before returning or soon after.
   * 0 = it asked to end: a `notify` before returning goes out as terminated;reason=timeout, without one the last NOTIFY
   * has no body; `ended("unsubscribed")` follows.
   */
  refreshed(expiresSeconds: number): void;
  ended(reason: WatchEnd): void;
  changed(snapshot: WatchSnapshot): void;
}

export interface NotifyInit {
  readonly state: "active" | "pending" | "terminated";
  /** RFC 6665 §4.1.3: only with "terminated". */
  readonly reason?: string;
  readonly retryAfterSeconds?: number;
  readonly contentType?: string;
  /** Language tag of the body (RFC 3261 §20.13). */
  readonly contentLanguage?: string;
  readonly body?: Uint8Array | string;
}

/** A watch of theirs; JSON-able. */
export interface WatchSnapshot {
  readonly dialog: DialogSnapshot;
  readonly event: string;
  /** The id parameter of Event, when the watcher gave one (RFC 6665 §8.2.1). */
  readonly eventId?: string;
  /** The Contact user of ours. */
  readonly contactUser: string;
  readonly state: "active" | "pending";
  /** When the watch ends, milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface Watch {
  readonly snapshot: WatchSnapshot;
  /** One NOTIFY under way; a newer state replaces the queued one. */
  notify(notify: NotifyInit): void;
  /** The last NOTIFY: Subscription-State terminated with this reason; `ended("terminated")` follows. */
  terminate(reason: string, last?: { readonly contentType: string; readonly body: Uint8Array | string }): void;
  /** Forgets it without a word on the wire; no callback follows. */
  abandon(): void;
}

export interface AcceptOptions {
  readonly expiresSeconds?: number;
  readonly status?: 200 | 202;
  /** Given: the 2xx leaves only when `send` is called, so that what it promises can be made durable first. */
  readonly beforeAnswer?: (snapshot: WatchSnapshot, send: () => void) => void;
}

/** A SUBSCRIBE outside a dialog that passed event, Accept and expiry checks. Answer it once, now or later. */
export interface IncomingSubscribe {
  readonly request: SipRequest;
  /** What it asked for, capped by our bounds; 0 is a fetch or a poll. */
  readonly expiresSeconds: number;
  /** The body type to send: the first of ours that Accept takes. */
  readonly contentType: string;
  /** Sends the 2xx; the user then calls `watch.notify` at once (RFC 6665 §4.2.1.2). */
  accept(user: NotifierUser, options?: AcceptOptions): Watch;
  refuse(status: number, options?: AnswerOptions): void;
}

/** They watch: RFC 6665 §4.2. */
export interface Notifying {
  onSubscribe(handler: (incoming: IncomingSubscribe) => void): void;
  /** No traffic until `notify`; undefined when it ran out meanwhile (then `ended` is not called). */
  restore(snapshot: WatchSnapshot, user: NotifierUser): Watch | undefined;
}
