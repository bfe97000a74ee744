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

/** Non-INVITE client transaction, RFC 3261 §17.1.2.2. `retransmitMs` is the running interval of Timer E. */
export type State =
  | { readonly name: "trying"; readonly retransmitMs: number }
  | { readonly name: "proceeding" }
  | { readonly name: "completed" }
  | { readonly name: "terminated" };

type Next = Step<State, ClientEffect>;

const proceeding: State = { name: "proceeding" };
const completed: State = { name: "completed" };
const terminated: State = { name: "terminated" };

export const nonInviteClient: ClientMachine<State> = { start, step };

function start(timers: TransactionTimers): Next {
  const effects: ClientEffect[] = [{ kind: "start", timer: "F", delayMs: timers.f }];
  if (timers.retransmit) effects.push({ kind: "start", timer: "E", delayMs: timers.t1Ms });
  effects.push(send);
  return { state: { name: "trying", retransmitMs: timers.t1Ms }, effects };
}

function step(state: State, input: ClientInput, timers: TransactionTimers): Next {
  switch (state.name) {
    case "trying":
    case "proceeding":
      return waiting(state, input, timers);
    case "completed":
      return input.kind === "timer" && input.timer === "K"
        ? { state: terminated, effects: [] }
        : { state, effects: [] };
    case "terminated":
      return { state, effects: [] };
  }
}

type Waiting = Extract<State, { readonly name: "trying" | "proceeding" }>;

function waiting(state: Waiting, input: ClientInput, timers: TransactionTimers): Next {
  switch (input.kind) {
    case "response":
      return answered(input.response, timers);
    case "timer":
      if (input.timer === "E") return repeat(state, timers);
      return input.timer === "F" ? { state: terminated, effects: failedByTimeout } : { state, effects: [] };
    case "transport-failed":
      return { state: terminated, effects: failedByTransport };
    case "cancelled":
      return { state, effects: [] };
  }
}

function answered(response: SipResponse, timers: TransactionTimers): Next {
  if (response.status < 200) return { state: proceeding, effects: [{ kind: "pass", response }] };
  if (timers.k === 0) return { state: terminated, effects: [{ kind: "pass", response }] };
  const wait: ClientEffect = { kind: "start", timer: "K", delayMs: timers.k };
  return { state: completed, effects: [{ kind: "stop", timer: "E" }, wait, { kind: "pass", response }] };
}

/** Timer E doubles up to T2 while trying and is T2 once proceeding. */
function repeat(state: Waiting, timers: TransactionTimers): Next {
  if (state.name === "proceeding")
    return { state, effects: [send, { kind: "start", timer: "E", delayMs: timers.t2Ms }] };
  const retransmitMs = Math.min(state.retransmitMs * 2, timers.t2Ms);
  return {
    state: { name: "trying", retransmitMs },
    effects: [send, { kind: "start", timer: "E", delayMs: retransmitMs }],
  };
}
