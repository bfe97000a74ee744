import type { Step } from "@interpres/runtime";
import type { RequestOutcome } from "../transaction/request-outcome.ts";

/**
 * An INVITE usage that carries IM (RFC 3261 §13 to §15). "abandoned": we gave up calling, the INVITE has no end yet.
 * "answering": our 2xx waits for its ACK; `isLeaving` when we want to hang up meanwhile, which has to wait (§15).
 */
export type State =
  | { readonly name: "calling" }
  | { readonly name: "abandoned" }
  | { readonly name: "answering"; readonly isLeaving: boolean }
  | { readonly name: "established" }
  | { readonly name: "ended" };

export type Input =
  | { readonly kind: "answered" }
  | { readonly kind: "refused"; readonly outcome: RequestOutcome }
  | { readonly kind: "ring-timeout" }
  | { readonly kind: "acknowledged" }
  | { readonly kind: "unacknowledged" }
  | { readonly kind: "end" }
  | { readonly kind: "bye" }
  /** 481, 408 or nothing came to a request of ours (RFC 3261 §12.2.1.2), or the session timer ran out (RFC 4028 §10). */
  | { readonly kind: "dead" };

export type Effect =
  | { readonly kind: "cancel" }
  | { readonly kind: "bye" }
  | { readonly kind: "tell-established" }
  | { readonly kind: "tell-refused"; readonly outcome: RequestOutcome }
  | { readonly kind: "tell-ended"; readonly by: "peer" | "us" | "failure" };

type Next = Step<State, Effect>;

const abandoned: State = { name: "abandoned" };
const established: State = { name: "established" };
const ended: State = { name: "ended" };
const noAnswer: RequestOutcome = { kind: "failed", cause: "timeout", detail: "no answer to INVITE" };

export const calling: State = { name: "calling" };
export const answering: State = { name: "answering", isLeaving: false };

export function step(state: State, input: Input): Next {
  switch (state.name) {
    case "calling":
      return whileCalling(state, input);
    case "abandoned":
      return whileAbandoned(state, input);
    case "answering":
      return whileAnswering(state, input);
    case "established":
      return whileEstablished(state, input);
    case "ended":
      return { state, effects: [] };
  }
}

function whileCalling(state: State, input: Input): Next {
  switch (input.kind) {
    case "answered":
      return { state: established, effects: [{ kind: "tell-established" }] };
    case "refused":
      return { state: ended, effects: [{ kind: "tell-refused", outcome: input.outcome }] };
    case "ring-timeout":
      return { state: abandoned, effects: [{ kind: "cancel" }, { kind: "tell-refused", outcome: noAnswer }] };
    case "end":
      return { state: abandoned, effects: [{ kind: "cancel" }, { kind: "tell-ended", by: "us" }] };
    case "acknowledged":
    case "unacknowledged":
    case "bye":
    case "dead":
      return { state, effects: [] };
  }
}

/** A 2xx may have crossed our CANCEL (RFC 3261 §9.1): then the session exists and is ended with BYE. */
function whileAbandoned(state: State, input: Input): Next {
  if (input.kind === "answered") return { state: ended, effects: [{ kind: "bye" }] };
  return input.kind === "refused" ? { state: ended, effects: [] } : { state, effects: [] };
}

function whileAnswering(state: Extract<State, { readonly name: "answering" }>, input: Input): Next {
  switch (input.kind) {
    case "acknowledged":
      if (state.isLeaving) return { state: ended, effects: [{ kind: "bye" }] };
      return { state: established, effects: [{ kind: "tell-established" }] };
    case "unacknowledged":
      return { state: ended, effects: [{ kind: "bye" }, ...toldOnce(state.isLeaving, "failure")] };
    case "end":
      return { state: { name: "answering", isLeaving: true }, effects: toldOnce(state.isLeaving, "us") };
    case "bye":
      return { state: ended, effects: toldOnce(state.isLeaving, "peer") };
    case "dead":
    case "answered":
    case "refused":
    case "ring-timeout":
      return { state, effects: [] };
  }
}

function toldOnce(isLeaving: boolean, by: "peer" | "us" | "failure"): readonly Effect[] {
  return isLeaving ? [] : [{ kind: "tell-ended", by }];
}

function whileEstablished(state: State, input: Input): Next {
  switch (input.kind) {
    case "end":
      return { state: ended, effects: [{ kind: "bye" }, { kind: "tell-ended", by: "us" }] };
    case "bye":
      return { state: ended, effects: [{ kind: "tell-ended", by: "peer" }] };
    case "dead":
    case "unacknowledged":
      return { state: ended, effects: [{ kind: "bye" }, { kind: "tell-ended", by: "failure" }] };
    case "answered":
    case "refused":
    case "ring-timeout":
    case "acknowledged":
      return { state, effects: [] };
  }
}
