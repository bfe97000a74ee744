import type { Step } from "@interpres/runtime";
import type { SipResponse } from "../message/message.ts";
import type { ServerEffect, ServerInput, ServerMachine } from "./server-machine.ts";
import type { TransactionTimers } from "./timers.ts";

/**
 * Non-INVITE server transaction, RFC 3261 §17.2.2 under RFC 4320: no 100 before a client's Timer E reaches T2, one then,
 * and no answer at all once the client has given up. Timer J lasts 64*T1 over UDP, zero over TCP and TLS.
 */
export type State =
  | { readonly name: "trying" }
  | { readonly name: "proceeding" }
  | { readonly name: "completed"; readonly final: SipResponse }
  | { readonly name: "terminated" };

type Next = Step<State, ServerEffect>;

const trying: State = { name: "trying" };
const proceeding: State = { name: "proceeding" };
const terminated: State = { name: "terminated" };
const nothing: readonly ServerEffect[] = [];
const again: readonly ServerEffect[] = [{ kind: "send-trying" }];

export const nonInviteServer: ServerMachine<State> = { start, step };

function start(timers: TransactionTimers): Next {
  return { state: trying, effects: [{ kind: "start", timer: "P", delayMs: timers.trying }] };
}

function step(state: State, input: ServerInput, timers: TransactionTimers): Next {
  switch (input.kind) {
    case "repeated":
      return answerAgain(state);
    case "respond":
      return respond(state, input.response, timers);
    case "timer":
      return timerFired(state, input.timer, timers);
    case "acknowledged":
      return { state, effects: nothing };
  }
}

function answerAgain(state: State): Next {
  switch (state.name) {
    case "trying":
    case "terminated":
      return { state, effects: nothing };
    case "proceeding":
      return { state, effects: again };
    case "completed":
      return { state, effects: [{ kind: "send", response: state.final }] };
  }
}

function respond(state: State, response: SipResponse, timers: TransactionTimers): Next {
  // RFC 4320: no provisional but the machine's own 100 (§4.1), and no 408 (§4.2).
  const isForbidden = response.status < 200 || response.status === 408;
  if (state.name === "completed" || state.name === "terminated" || isForbidden) return { state, effects: nothing };
  const send: ServerEffect = { kind: "send", response };
  if (timers.j === 0) return { state: terminated, effects: [send] };
  return {
    state: { name: "completed", final: response },
    effects: [send, { kind: "start", timer: "J", delayMs: timers.j }],
  };
}

function timerFired(state: State, timer: string, timers: TransactionTimers): Next {
  switch (state.name) {
    case "trying":
      if (timer !== "P") return { state, effects: nothing };
      return {
        state: proceeding,
        effects: [{ kind: "start", timer: "F", delayMs: Math.max(0, timers.f - timers.trying) }, ...again],
      };
    case "proceeding":
      return timer === "F" ? { state: terminated, effects: [{ kind: "fail" }] } : { state, effects: nothing };
    case "completed":
      return timer === "J" ? { state: terminated, effects: nothing } : { state, effects: nothing };
    case "terminated":
      return { state, effects: nothing };
  }
}
