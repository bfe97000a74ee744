import type { Step } from "@interpres/runtime";
import type { SipResponse } from "../message/message.ts";
import type { ServerEffect, ServerInput, ServerMachine, ServerTimer } from "./server-machine.ts";
import type { TransactionTimers } from "./timers.ts";

/**
 * INVITE server transaction, RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1. A transport error changes no
 * state, so that repeats of the INVITE stay absorbed.
 */
export type State =
  | { readonly name: "proceeding"; readonly provisional: SipResponse | "trying" | "none" }
  | { readonly name: "completed"; readonly final: SipResponse; readonly retransmitMs: number }
  | { readonly name: "confirmed" }
  | { readonly name: "accepted" }
  | { readonly name: "terminated" };

type Next = Step<State, ServerEffect>;

const confirmed: State = { name: "confirmed" };
const accepted: State = { name: "accepted" };
const terminated: State = { name: "terminated" };
const nothing: readonly ServerEffect[] = [];

export const inviteServer: ServerMachine<State> = { start, step };

function start(timers: TransactionTimers): Next {
  return {
    state: { name: "proceeding", provisional: "none" },
    effects: [{ kind: "start", timer: "P", delayMs: timers.provisional }],
  };
}

function step(state: State, input: ServerInput, timers: TransactionTimers): Next {
  switch (state.name) {
    case "proceeding":
      return whileProceeding(state, input, timers);
    case "completed":
      return whileCompleted(state, input, timers);
    case "accepted":
      return whileAccepted(state, input);
    case "confirmed":
      if (input.kind === "timer" && input.timer === "I") return { state: terminated, effects: nothing };
      return { state, effects: nothing };
    case "terminated":
      return { state, effects: nothing };
  }
}

type Proceeding = Extract<State, { readonly name: "proceeding" }>;
type Completed = Extract<State, { readonly name: "completed" }>;

function whileProceeding(state: Proceeding, input: ServerInput, timers: TransactionTimers): Next {
  switch (input.kind) {
    case "repeated":
      return { state, effects: repeatProvisional(state) };
    case "respond":
      return respond(input.response, timers);
    case "timer":
      if (input.timer !== "P" || state.provisional !== "none") return { state, effects: nothing };
      return { state: { name: "proceeding", provisional: "trying" }, effects: [{ kind: "send-trying" }] };
    case "acknowledged":
      return { state, effects: nothing };
  }
}

function repeatProvisional({ provisional }: Proceeding): readonly ServerEffect[] {
  if (provisional === "none") return nothing;
  return provisional === "trying" ? [{ kind: "send-trying" }] : [{ kind: "send", response: provisional }];
}

function respond(response: SipResponse, timers: TransactionTimers): Next {
  const send: ServerEffect = { kind: "send", response };
  if (response.status < 200) return { state: { name: "proceeding", provisional: response }, effects: [send] };
  if (response.status < 300) {
    return { state: accepted, effects: [{ kind: "start", timer: "L", delayMs: timers.l }, send] };
  }
  const wait = startOf("H", timers.h);
  return {
    state: { name: "completed", final: response, retransmitMs: timers.t1Ms },
    effects: timers.retransmit ? [wait, startOf("G", timers.t1Ms), send] : [wait, send],
  };
}

function whileCompleted(state: Completed, input: ServerInput, timers: TransactionTimers): Next {
  switch (input.kind) {
    case "repeated":
      return { state, effects: [{ kind: "send", response: state.final }] };
    case "acknowledged":
      if (timers.i === 0) return { state: terminated, effects: nothing };
      return { state: confirmed, effects: [{ kind: "stop", timer: "G" }, startOf("I", timers.i)] };
    case "timer":
      if (input.timer === "G") return repeatFinal(state, timers);
      return input.timer === "H" ? { state: terminated, effects: [{ kind: "fail" }] } : { state, effects: nothing };
    case "respond":
      return { state, effects: nothing };
  }
}

function repeatFinal(state: Completed, timers: TransactionTimers): Next {
  const retransmitMs = Math.min(state.retransmitMs * 2, timers.t2Ms);
  return {
    state: { ...state, retransmitMs },
    effects: [{ kind: "send", response: state.final }, startOf("G", retransmitMs)],
  };
}

/** The user repeats its 2xx until the ACK comes; repeats of the INVITE are swallowed. */
function whileAccepted(state: State, input: ServerInput): Next {
  switch (input.kind) {
    case "acknowledged":
      return { state, effects: [{ kind: "pass-acknowledgement" }] };
    case "respond":
      if (input.response.status < 200 || input.response.status > 299) return { state, effects: nothing };
      return { state, effects: [{ kind: "send", response: input.response }] };
    case "timer":
      return input.timer === "L" ? { state: terminated, effects: nothing } : { state, effects: nothing };
    case "repeated":
      return { state, effects: nothing };
  }
}

function startOf(timer: ServerTimer, delayMs: number): ServerEffect {
  return { kind: "start", timer, delayMs };
}
