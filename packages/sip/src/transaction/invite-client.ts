import type { Step } from "@interpres/runtime";
import type { SipResponse } from "../message/message.ts";
import {
  type ClientEffect,
  type ClientInput,
  type ClientMachine,
  failedByTimeout,
  failedByTransport,
  send,
} from "./client-machine.ts";
import type { TransactionTimers } from "./timers.ts";

/** INVITE client transaction, RFC 3261 §17.1.1.2 with the Accepted state of RFC 6026 §8.4. */
export type State =
  | { readonly name: "calling"; readonly retransmitMs: number }
  | { readonly name: "proceeding" }
  | { readonly name: "completed" }
  | { readonly name: "accepted" }
  | { readonly name: "terminated" };

type Next = Step<State, ClientEffect>;

const proceeding: State = { name: "proceeding" };
const completed: State = { name: "completed" };
const accepted: State = { name: "accepted" };
const terminated: State = { name: "terminated" };
const quiet: readonly ClientEffect[] = [
  { kind: "stop", timer: "A" },
  { kind: "stop", timer: "B" },
];

export const inviteClient: ClientMachine<State> = { start, step };

function start(timers: TransactionTimers): Next {
  const effects: ClientEffect[] = [{ kind: "start", timer: "B", delayMs: timers.b }];
  if (timers.retransmit) effects.push({ kind: "start", timer: "A", delayMs: timers.t1Ms });
  effects.push(send);
  return { state: { name: "calling", retransmitMs: timers.t1Ms }, effects };
}

function step(state: State, input: ClientInput, timers: TransactionTimers): Next {
  switch (state.name) {
    case "calling":
      return calling(state, input, timers);
    case "proceeding":
      return unanswered(state, input, timers);
    case "completed":
      return whileCompleted(state, input);
    case "accepted":
      return whileAccepted(state, input);
    case "terminated":
      return { state, effects: [] };
  }
}

function calling(
  state: Extract<State, { readonly name: "calling" }>,
  input: ClientInput,
  timers: TransactionTimers,
): Next {
  if (input.kind !== "timer" || input.timer !== "A") return unanswered(state, input, timers);
  const retransmitMs = state.retransmitMs * 2;
  return {
    state: { name: "calling", retransmitMs },
    effects: [send, { kind: "start", timer: "A", delayMs: retransmitMs }],
  };
}

/** Calling and Proceeding differ only in what retransmits; Timer B runs only in Calling, or after a CANCEL (§9.1). */
function unanswered(state: State, input: ClientInput, timers: TransactionTimers): Next {
  switch (input.kind) {
    case "response":
      return input.response.status < 200 ? provisional(state, input.response) : answered(input.response, timers);
    case "timer":
      return input.timer === "B" ? { state: terminated, effects: failedByTimeout } : { state, effects: [] };
    case "transport-failed":
      return { state: terminated, effects: failedByTransport };
    case "cancelled":
      return { state, effects: [{ kind: "start", timer: "B", delayMs: timers.b }] };
  }
}

/** Only the first one stops Timer B: what runs in Proceeding is the time that a CANCEL has left (§9.1). */
function provisional(state: State, response: SipResponse): Next {
  const pass: ClientEffect = { kind: "pass", response };
  return { state: proceeding, effects: state.name === "calling" ? [...quiet, pass] : [pass] };
}

function answered(response: SipResponse, timers: TransactionTimers): Next {
  const pass: ClientEffect = { kind: "pass", response };
  if (response.status < 300) {
    return { state: accepted, effects: [...quiet, { kind: "start", timer: "M", delayMs: timers.m }, pass] };
  }
  const acknowledge: ClientEffect = { kind: "acknowledge", response };
  if (timers.d === 0) return { state: terminated, effects: [acknowledge, pass] };
  return { state: completed, effects: [...quiet, acknowledge, { kind: "start", timer: "D", delayMs: timers.d }, pass] };
}

function whileCompleted(state: State, input: ClientInput): Next {
  switch (input.kind) {
    case "response":
      if (input.response.status < 300) return { state, effects: [] };
      return { state, effects: [{ kind: "acknowledge", response: input.response }] };
    case "timer":
      return input.timer === "D" ? { state: terminated, effects: [] } : { state, effects: [] };
    case "transport-failed":
      return { state: terminated, effects: [] };
    case "cancelled":
      return { state, effects: [] };
  }
}

function whileAccepted(state: State, input: ClientInput): Next {
  if (input.kind === "timer" && input.timer === "M") return { state: terminated, effects: [] };
  if (input.kind !== "response" || input.response.status < 200 || input.response.status > 299)
    return { state, effects: [] };
  return { state, effects: [{ kind: "pass", response: input.response }] };
}
