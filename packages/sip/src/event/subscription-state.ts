import type { Step } from "@interpres/runtime";
import { endsSubscription } from "./event-package.ts";
import type { Notification, SubscribeRefusal, SubscriptionEnd } from "./subscriber-user.ts";

/** How the last SUBSCRIBE stands. "notified": its NOTIFY came before its answer; "answered": its NOTIFY is awaited. */
export type Exchange = "idle" | "under-way" | "notified" | "answered";

/** A subscription of ours: the subscriber's state diagram of RFC 6665 §4.1.2, and the wait after unsubscribing. */
export type State =
  | { readonly name: "notify-wait"; readonly isAnswered: boolean; readonly isLeaving: boolean }
  | { readonly name: "subscribed"; readonly approval: "pending" | "active"; readonly exchange: Exchange }
  | { readonly name: "leaving" }
  | { readonly name: "ended" };

export type Input =
  | { readonly kind: "accepted"; readonly expiresSeconds: number }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "notified"; readonly notification: Notification }
  | { readonly kind: "timer"; readonly timer: "N" | "refresh" | "expiry" }
  | { readonly kind: "refresh" }
  | { readonly kind: "unsubscribe" };

/** What the wire said; whether the subscription survives is decided here. */
export type Refusal = Omit<SubscribeRefusal, "subscription">;

export type Effect =
  | { readonly kind: "subscribe"; readonly purpose: "refresh" | "leave" }
  /** Refresh and expiry timers from this grant. */
  | { readonly kind: "granted"; readonly expiresSeconds: number }
  | { readonly kind: "start-n" }
  | { readonly kind: "stop-n" }
  /** A refresh failed that may do better later. */
  | { readonly kind: "retry-refresh"; readonly retryAfterSeconds: number | undefined }
  | { readonly kind: "tell-accepted"; readonly expiresSeconds: number }
  | { readonly kind: "tell-refused"; readonly refusal: SubscribeRefusal }
  | { readonly kind: "tell-notified"; readonly notification: Notification }
  | { readonly kind: "end"; readonly cause: SubscriptionEnd };

type Next = Step<State, Effect>;

export const initial: State = { name: "notify-wait", isAnswered: false, isLeaving: false };
const leaving: State = { name: "leaving" };
const ended: State = { name: "ended" };

export function step(state: State, input: Input): Next {
  switch (state.name) {
    case "notify-wait":
      return whileWaiting(state, input);
    case "subscribed":
      return whileSubscribed(state, input);
    case "leaving":
      return whileLeaving(input);
    case "ended":
      return { state, effects: [] };
  }
}

type Waiting = Extract<State, { readonly name: "notify-wait" }>;
type Subscribed = Extract<State, { readonly name: "subscribed" }>;

function whileWaiting(state: Waiting, input: Input): Next {
  switch (input.kind) {
    case "accepted":
      return {
        state: { ...state, isAnswered: true },
        effects: [{ kind: "start-n" }, ...accepted(input.expiresSeconds)],
      };
    case "refused":
      if (state.isLeaving) return end("unsubscribed");
      return { state: ended, effects: [refused(input.refusal, "ended"), { kind: "end", cause: "refused" }] };
    case "notified":
      return firstNotify(state, input.notification);
    case "timer":
      if (input.timer === "refresh") return { state, effects: [] };
      if (state.isLeaving) return end("unsubscribed");
      return end(input.timer === "N" ? "no-notify" : "expired");
    case "refresh":
      return { state, effects: [] };
    case "unsubscribe":
      return { state: { ...state, isLeaving: true }, effects: [] };
  }
}

/** The dialog stands from here on (RFC 6665 §4.4.1), whether the 2xx came already or not. */
function firstNotify(state: Waiting, notification: Notification): Next {
  const tell: Effect = { kind: "tell-notified", notification };
  if (notification.state === "terminated") {
    const cause = state.isLeaving ? "unsubscribed" : "terminated";
    return { state: ended, effects: [tell, { kind: "end", cause }] };
  }
  const stop: Effect = { kind: "stop-n" };
  if (state.isLeaving) return { state: leaving, effects: [stop, tell, { kind: "subscribe", purpose: "leave" }] };
  const exchange = state.isAnswered ? "idle" : "notified";
  return { state: { name: "subscribed", approval: notification.state, exchange }, effects: [stop, tell] };
}

function whileSubscribed(state: Subscribed, input: Input): Next {
  switch (input.kind) {
    case "accepted":
      return refreshAccepted(state, input.expiresSeconds);
    case "refused":
      return refreshRefused(state, input.refusal);
    case "notified":
      return notified(state, input.notification);
    case "timer":
      if (input.timer === "N") return end("no-notify");
      return input.timer === "expiry" ? end("expired") : refresh(state);
    case "refresh":
      return refresh(state);
    case "unsubscribe":
      return { state: leaving, effects: [{ kind: "stop-n" }, { kind: "subscribe", purpose: "leave" }] };
  }
}

function refresh(state: Subscribed): Next {
  if (state.exchange !== "idle" && state.exchange !== "answered") return { state, effects: [] };
  return { state: { ...state, exchange: "under-way" }, effects: [{ kind: "subscribe", purpose: "refresh" }] };
}

function refreshAccepted(state: Subscribed, expiresSeconds: number): Next {
  const effects = accepted(expiresSeconds);
  if (state.exchange === "under-way") {
    return { state: { ...state, exchange: "answered" }, effects: [{ kind: "start-n" }, ...effects] };
  }
  return { state: { ...state, exchange: "idle" }, effects };
}

function refreshRefused(state: Subscribed, refusal: Refusal): Next {
  if (refusal.cause === "response" && endsSubscription(refusal.status)) {
    return { state: ended, effects: [refused(refusal, "ended"), { kind: "end", cause: "refused" }] };
  }
  const effects: Effect[] = [refused(refusal, "kept")];
  const mayPass = refusal.status === 408 || (refusal.status >= 500 && refusal.status < 600);
  if (mayPass) effects.push({ kind: "retry-refresh", retryAfterSeconds: refusal.retryAfterSeconds });
  return { state: { ...state, exchange: "idle" }, effects };
}

function notified(state: Subscribed, notification: Notification): Next {
  const tell: Effect = { kind: "tell-notified", notification };
  if (notification.state === "terminated")
    return { state: ended, effects: [tell, { kind: "end", cause: "terminated" }] };
  const approval = notification.state;
  switch (state.exchange) {
    case "under-way":
      return { state: { ...state, approval, exchange: "notified" }, effects: [tell] };
    case "answered":
      return { state: { ...state, approval, exchange: "idle" }, effects: [{ kind: "stop-n" }, tell] };
    case "idle":
    case "notified":
      return { state: { ...state, approval }, effects: [tell] };
  }
}

function whileLeaving(input: Input): Next {
  switch (input.kind) {
    case "accepted":
      return { state: leaving, effects: [{ kind: "start-n" }] };
    case "notified": {
      if (input.notification.state !== "terminated") return { state: leaving, effects: [] };
      const tell: Effect = { kind: "tell-notified", notification: input.notification };
      return { state: ended, effects: [tell, { kind: "end", cause: "unsubscribed" }] };
    }
    case "timer":
      return input.timer === "refresh" ? { state: leaving, effects: [] } : end("unsubscribed");
    case "refused":
      return end("unsubscribed");
    case "refresh":
    case "unsubscribe":
      return { state: leaving, effects: [] };
  }
}

function accepted(expiresSeconds: number): readonly Effect[] {
  return [
    { kind: "granted", expiresSeconds },
    { kind: "tell-accepted", expiresSeconds },
  ];
}

function refused(refusal: Refusal, subscription: SubscribeRefusal["subscription"]): Effect {
  return { kind: "tell-refused", refusal: { ...refusal, subscription } };
}

function end(cause: SubscriptionEnd): Next {
  return { state: ended, effects: [{ kind: "end", cause }] };
}
