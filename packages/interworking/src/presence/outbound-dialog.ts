import type { Step } from "@interpres/runtime";

/** The SIP subscription beneath a watch of ours (RFC 8048 §5.2.2, RFC 6665 §4.1). `attempt` counts tries without success. */
export type DialogState =
  | { readonly name: "none" }
  | { readonly name: "trying"; readonly attempt: number }
  | { readonly name: "pending" }
  | { readonly name: "active" }
  | { readonly name: "backoff"; readonly attempt: number }
  /** We unsubscribed and wait for the last NOTIFY (RFC 6665 §4.1.2.3). */
  | { readonly name: "ending" }
  /** The peer says the state will never change (RFC 6665 §4.1.3, invariant). */
  | { readonly name: "settled" };

export type DialogInput =
  | { readonly kind: "wanted" }
  | { readonly kind: "unwanted" }
  | { readonly kind: "notified"; readonly state: "active" | "pending" }
  | {
      readonly kind: "terminated";
      readonly reason: string | undefined;
      readonly retryAfterSeconds: number | undefined;
      readonly isNeeded: boolean;
    }
  | Refusal
  /** No refresh succeeded, or no NOTIFY ever came. */
  | { readonly kind: "lapsed"; readonly isNeeded: boolean }
  | { readonly kind: "retry-due"; readonly isNeeded: boolean }
  /** The unsubscription is over. */
  | { readonly kind: "ended" };

export interface Refusal {
  readonly kind: "refused";
  readonly status: number;
  /** "route": our own side found no way; that is nobody's decision. */
  readonly cause: "response" | "timeout" | "transport" | "route";
  readonly subscription: "ended" | "kept";
  readonly minExpiresSeconds: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly isNeeded: boolean;
}

export type DialogEffect =
  | { readonly kind: "subscribe"; readonly minExpiresSeconds?: number }
  | { readonly kind: "refresh" }
  | { readonly kind: "unsubscribe" }
  | { readonly kind: "retry-in"; readonly delaySeconds: number }
  | { readonly kind: "cancel-retry" }
  | { readonly kind: "approved" }
  | { readonly kind: "refused"; readonly text: string }
  | { readonly kind: "no-such-user"; readonly text: string }
  /** Long enough without news that what was shown is no longer true. */
  | { readonly kind: "lost-sight" }
  | { readonly kind: "finished" };

type DialogStep = Step<DialogState, DialogEffect>;

const FIRST_DELAY_SECONDS = 30;
const LONGEST_DELAY_SECONDS = 3600;
/** A gap up to this long is not shown to the user. */
const GRACE_SECONDS = 60;
/** How often in a row we start again at once before we take our time. */
const EAGER_ATTEMPTS = 2;
const LONGEST_EXPIRES_SECONDS = 86_400;

const none: DialogStep = { state: { name: "none" }, effects: [] };

/** The next state of the dialog. Delays are without jitter: who keeps the timer adds it. */
export function stepDialog(state: DialogState, input: DialogInput): DialogStep {
  switch (input.kind) {
    case "wanted":
      return wanted(state);
    case "unwanted":
      return unwanted(state);
    case "notified":
      return notified(state, input.state);
    case "terminated":
      return state.name === "ending" ? { state, effects: [] } : terminated(state, input);
    case "refused":
      return state.name === "ending" ? { state, effects: [] } : refused(state, input);
    case "lapsed":
      return state.name === "ending" ? finished() : input.isNeeded ? again(state) : lostSight(none);
    case "retry-due":
      return retryDue(state, input.isNeeded);
    case "ended":
      return finished();
  }
}

function wanted(state: DialogState): DialogStep {
  switch (state.name) {
    case "none":
    case "ending":
      return { state: { name: "trying", attempt: 0 }, effects: [{ kind: "subscribe" }] };
    case "pending":
    case "active":
      return { state, effects: [{ kind: "refresh" }] };
    case "trying":
    case "backoff":
    case "settled":
      return { state, effects: [] };
  }
}

function unwanted(state: DialogState): DialogStep {
  switch (state.name) {
    case "trying":
    case "pending":
    case "active":
      return { state: { name: "ending" }, effects: [{ kind: "cancel-retry" }, { kind: "unsubscribe" }] };
    case "ending":
      return { state, effects: [] };
    case "none":
    case "backoff":
    case "settled":
      return { state: { name: "none" }, effects: [{ kind: "cancel-retry" }, { kind: "finished" }] };
  }
}

function notified(state: DialogState, news: "active" | "pending"): DialogStep {
  if (state.name === "ending") return { state, effects: [] };
  if (news === "pending") return lostSight({ state: { name: "pending" }, effects: [] });
  return { state: { name: "active" }, effects: state.name === "active" ? [] : [{ kind: "approved" }] };
}

/** RFC 6665 §4.1.3; what each reason means for the authorization is ours to say. */
function terminated(state: DialogState, input: Extract<DialogInput, { readonly kind: "terminated" }>): DialogStep {
  switch (input.reason) {
    case "rejected":
      return { state: { name: "none" }, effects: [{ kind: "refused", text: "Subscription rejected" }] };
    case "noresource":
      return { state: { name: "none" }, effects: [{ kind: "refused", text: "Address does not exist" }] };
    case "invariant":
      return { state: { name: "settled" }, effects: [] };
    case "deactivated":
    case "timeout":
      return input.isNeeded ? again(state) : lostSight(none);
    default:
      // Probation and giveup want us to wait; an unknown or missing reason is a timeout that deserves caution.
      return input.isNeeded ? backOff(state, input.retryAfterSeconds) : lostSight(none);
  }
}

function refused(state: DialogState, input: Refusal): DialogStep {
  // The grant still runs, and the SIP stack tries again within it.
  if (input.subscription === "kept") return { state, effects: [] };
  if (input.cause === "response") {
    // RFC 8048 §5.2.2: these three cancel the permission, 423 and 481 do not.
    if (input.status === 403 || input.status === 489 || input.status === 603) {
      return { state: { name: "none" }, effects: [{ kind: "refused", text: `Subscription refused: ${input.status}` }] };
    }
    if (input.status === 404 || input.status === 410 || input.status === 604) return missing(state, input);
    if (input.status === 423) return longer(state, input);
    if (input.status === 481 && input.isNeeded) return again(state);
  }
  return input.isNeeded ? backOff(state, input.retryAfterSeconds) : lostSight(none);
}

function missing(state: DialogState, input: Refusal): DialogStep {
  const next = input.isNeeded
    ? backOff(state, Math.max(LONGEST_DELAY_SECONDS, input.retryAfterSeconds ?? 0))
    : lostSight(none);
  return {
    state: next.state,
    effects: [{ kind: "no-such-user", text: `Address does not exist: ${input.status}` }, ...next.effects],
  };
}

function longer(state: DialogState, input: Refusal): DialogStep {
  const attempt = attemptOf(state) + 1;
  const seconds = input.minExpiresSeconds;
  if (seconds === undefined || seconds > LONGEST_EXPIRES_SECONDS || attempt > EAGER_ATTEMPTS) {
    return backOff(state, input.retryAfterSeconds);
  }
  return { state: { name: "trying", attempt }, effects: [{ kind: "subscribe", minExpiresSeconds: seconds }] };
}

function retryDue(state: DialogState, isNeeded: boolean): DialogStep {
  if (state.name !== "backoff") return { state, effects: [] };
  return isNeeded ? { state: { name: "trying", attempt: state.attempt }, effects: [{ kind: "subscribe" }] } : none;
}

/** A new dialog at once; after a few of those without a NOTIFY between them, after a while. */
function again(state: DialogState): DialogStep {
  const attempt = attemptOf(state) + 1;
  if (attempt > EAGER_ATTEMPTS) return backOff(state, undefined);
  return { state: { name: "trying", attempt }, effects: [{ kind: "subscribe" }] };
}

function backOff(state: DialogState, retryAfterSeconds: number | undefined): DialogStep {
  const attempt = attemptOf(state) + 1;
  const delay = Math.min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** (attempt - 1));
  const delaySeconds = Math.max(delay, retryAfterSeconds ?? 0);
  const next = { state: { name: "backoff", attempt }, effects: [{ kind: "retry-in", delaySeconds }] } as const;
  return delaySeconds > GRACE_SECONDS ? lostSight(next) : next;
}

function lostSight(next: DialogStep): DialogStep {
  return { state: next.state, effects: [...next.effects, { kind: "lost-sight" }] };
}

function finished(): DialogStep {
  return { state: { name: "none" }, effects: [{ kind: "finished" }] };
}

function attemptOf(state: DialogState): number {
  return state.name === "trying" || state.name === "backoff" ? state.attempt : 0;
}
