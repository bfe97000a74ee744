import type { Step } from "@interpres/runtime";
import { endsSubscription } from "./event-package.ts";
import type { NotifyInit, WatchEnd } from "./notifier-user.ts";

/**
 * Whether a NOTIFY may leave. "held": the 2xx is not sent yet; "waiting": the last one failed in a way that may pass.
 */
export type Flight = "held" | "idle" | "under-way" | "waiting";

/**
 * A watch of theirs: the notifier's state diagram of RFC 6665 §4.2.2, with one NOTIFY under way at a time. `queued` is
 * the newest state not sent yet. `leaving` turns the next NOTIFY into the last one.
 */
export type State =
  | {
      readonly name: "standing";
      readonly flight: Flight;
      readonly queued: NotifyInit | undefined;
      readonly leaving: "no" | "unsubscribed" | "expired";
      /** NOTIFYs in a row that failed. */
      readonly failures: number;
    }
  | { readonly name: "closing"; readonly cause: WatchEnd }
  | { readonly name: "ended" };

export type Input =
  | { readonly kind: "notify"; readonly notify: NotifyInit }
  /** The 2xx to SUBSCRIBE is on its way. */
  | { readonly kind: "released" }
  | { readonly kind: "answered"; readonly status: number; readonly sent: NotifyInit }
  | { readonly kind: "failed"; readonly cause: "timeout" | "transport"; readonly sent: NotifyInit }
  | { readonly kind: "refreshed"; readonly expiresSeconds: number }
  /** The user had its chance to give the last state. */
  | { readonly kind: "flush" }
  | { readonly kind: "timer"; readonly timer: "expiry" | "retry" };

export type Effect =
  | { readonly kind: "send"; readonly notify: NotifyInit }
  | { readonly kind: "start-retry"; readonly delayMs: number }
  | { readonly kind: "tell-refreshed"; readonly expiresSeconds: number }
  | { readonly kind: "end"; readonly cause: WatchEnd };

type Next = Step<State, Effect>;
type Standing = Extract<State, { readonly name: "standing" }>;

const FIRST_RETRY_MS = 30_000;
const MOST_FAILURES = 5;
const ended: State = { name: "ended" };
const timeout: NotifyInit = { state: "terminated", reason: "timeout" };

/** A watch that just came to be; a fetch (Expires 0) leaves with its first NOTIFY (RFC 6665 §4.4.3). */
export function begin(expiresSeconds: number): State {
  const leaving = expiresSeconds === 0 ? "unsubscribed" : "no";
  return { name: "standing", flight: "held", queued: undefined, leaving, failures: 0 };
}

export function step(state: State, input: Input): Next {
  switch (state.name) {
    case "standing":
      return whileStanding(state, input);
    case "closing":
      // Whatever becomes of the last NOTIFY, it was the last.
      if (input.kind === "answered" || input.kind === "failed") return end(state.cause);
      return { state, effects: [] };
    case "ended":
      return { state, effects: [] };
  }
}

function whileStanding(state: Standing, input: Input): Next {
  switch (input.kind) {
    case "notify":
      return enqueue(state, input.notify);
    case "released":
      return sendQueued({ ...state, flight: "idle" });
    case "answered":
      return answered(state, input);
    case "failed":
      return input.cause === "timeout" ? end("notify-failed") : undelivered(state, input.sent);
    case "refreshed":
      return refreshed(state, input.expiresSeconds);
    case "flush":
      if (state.leaving === "no" || state.queued !== undefined) return { state, effects: [] };
      return enqueue(state, timeout);
    case "timer":
      if (input.timer === "retry")
        return state.flight === "waiting" ? sendQueued({ ...state, flight: "idle" }) : stay(state);
      return enqueue({ ...state, flight: whenWaitingIdle(state.flight), leaving: "expired" }, state.queued ?? timeout);
  }
}

/** The newest state wins; only an end already decided is not overtaken. */
function enqueue(state: Standing, notify: NotifyInit): Next {
  if (state.queued?.state === "terminated") return sendQueued(state);
  return sendQueued({ ...state, queued: asLast(notify, state.leaving) });
}

/** A watch that leaves ends with reason timeout (RFC 6665 §4.2.1.4), with or without the state. */
function asLast(notify: NotifyInit, leaving: Standing["leaving"]): NotifyInit {
  if (leaving === "no" || notify.state === "terminated") return notify;
  return { ...notify, state: "terminated", reason: "timeout" };
}

function sendQueued(state: Standing): Next {
  const { queued } = state;
  if (queued === undefined || state.flight !== "idle") return { state, effects: [] };
  const effects: readonly Effect[] = [{ kind: "send", notify: queued }];
  if (queued.state !== "terminated") return { state: { ...state, flight: "under-way", queued: undefined }, effects };
  return { state: { name: "closing", cause: state.leaving === "no" ? "terminated" : state.leaving }, effects };
}

function answered(state: Standing, { status, sent }: { readonly status: number; readonly sent: NotifyInit }): Next {
  if (status < 300) return sendQueued({ ...state, flight: "idle", failures: 0 });
  if (endsSubscription(status) || status === 408) return end("notify-failed");
  return undelivered(state, sent);
}

/** RFC 6665 §4.2.2: other failures leave the watch standing. The peer has an old state, so it is tried again. */
function undelivered(state: Standing, sent: NotifyInit): Next {
  const failures = state.failures + 1;
  if (failures > MOST_FAILURES) return end("notify-failed");
  const queued = state.queued ?? sent;
  return {
    state: { ...state, flight: "waiting", queued, failures },
    effects: [{ kind: "start-retry", delayMs: FIRST_RETRY_MS * 2 ** (failures - 1) }],
  };
}

/** The full state follows (RFC 6665 §4.2.1.2), so that a state kept for later is no longer wanted. */
function refreshed(state: Standing, expiresSeconds: number): Next {
  const flight = whenWaitingIdle(state.flight);
  const queued = state.queued?.state === "terminated" ? state.queued : undefined;
  const leaving = expiresSeconds === 0 ? "unsubscribed" : state.leaving;
  return { state: { ...state, flight, queued, leaving }, effects: [{ kind: "tell-refreshed", expiresSeconds }] };
}

function whenWaitingIdle(flight: Flight): Flight {
  return flight === "waiting" ? "idle" : flight;
}

function stay(state: State): Next {
  return { state, effects: [] };
}

function end(cause: WatchEnd): Next {
  return { state: ended, effects: [{ kind: "end", cause }] };
}
