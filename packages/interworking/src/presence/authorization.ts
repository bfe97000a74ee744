import type { Step } from "@interpres/runtime";

/** Whether one user may watch another. It moves by decisions of people only; a dialog may come and go beneath it. */
export type Authorization = "none" | "asked" | "granted" | "refused";

export type AuthorizationInput =
  /** `subscribe` from our user. */
  | { readonly kind: "user-asked" }
  /** `unsubscribe` from our user. */
  | { readonly kind: "user-gave-up" }
  /** NOTIFY active. */
  | { readonly kind: "peer-approved" }
  /** 403, 489 or 603, or terminated as rejected or noresource. */
  | { readonly kind: "peer-refused"; readonly text?: string }
  /** 404, 410 or 604: the address does not exist now. */
  | { readonly kind: "no-such-user"; readonly text?: string };

export type AuthorizationEffect =
  | { readonly kind: "tell"; readonly type: "subscribed" | "unsubscribed"; readonly text?: string }
  | { readonly kind: "watch" }
  | { readonly kind: "stop-watching" };

type AuthorizationStep = Step<Authorization, AuthorizationEffect>;

/** What becomes of our user's authorization to watch a foreign contact (RFC 8048 §5.2). */
export function authorize(state: Authorization, input: AuthorizationInput): AuthorizationStep {
  switch (input.kind) {
    case "user-asked":
      return userAsked(state);
    case "user-gave-up":
      return { state: "none", effects: [{ kind: "stop-watching" }] };
    case "peer-approved":
      return peerApproved(state);
    case "peer-refused":
      return peerRefused(state, input.text);
    case "no-such-user":
      // Only a question finds out that nobody is there; a permission once given outlives a peer's lapse.
      return state === "asked" ? peerRefused(state, input.text) : { state, effects: [] };
  }
}

function userAsked(state: Authorization): AuthorizationStep {
  if (state === "granted") {
    // She asks for what she has: her roster lost it, or her client repeats itself.
    return { state, effects: [{ kind: "tell", type: "subscribed" }, { kind: "watch" }] };
  }
  return { state: "asked", effects: [{ kind: "watch" }] };
}

function peerApproved(state: Authorization): AuthorizationStep {
  return state === "asked"
    ? { state: "granted", effects: [{ kind: "tell", type: "subscribed" }] }
    : { state, effects: [] };
}

function peerRefused(state: Authorization, text: string | undefined): AuthorizationStep {
  if (state === "none" || state === "refused") return { state, effects: [{ kind: "stop-watching" }] };
  const tell = { kind: "tell", type: "unsubscribed", ...(text === undefined ? {} : { text }) } as const;
  return { state: "refused", effects: [{ kind: "stop-watching" }, tell] };
}
