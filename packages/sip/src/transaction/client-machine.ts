import type { Step } from "@interpres/runtime";
import type { SipResponse } from "../message/message.ts";
import type { TransactionTimers } from "./timers.ts";

export type ClientTimer = "A" | "B" | "D" | "E" | "F" | "K" | "M";

export type ClientInput =
  | { readonly kind: "response"; readonly response: SipResponse }
  | { readonly kind: "timer"; readonly timer: ClientTimer }
  | { readonly kind: "transport-failed" }
  /** The user sent CANCEL: no final response within 64*T1 now ends it (RFC 3261 §9.1). */
  | { readonly kind: "cancelled" };

export type ClientEffect =
  | { readonly kind: "send" }
  /** ACK for a 3xx-6xx, built from the request and this response (RFC 3261 §17.1.1.3). */
  | { readonly kind: "acknowledge"; readonly response: SipResponse }
  | { readonly kind: "pass"; readonly response: SipResponse }
  | { readonly kind: "fail"; readonly cause: "timeout" | "transport" }
  | { readonly kind: "start"; readonly timer: ClientTimer; readonly delayMs: number }
  | { readonly kind: "stop"; readonly timer: ClientTimer };

/** What both client machines look like to the layer. */
export interface ClientMachine<State> {
  start(timers: TransactionTimers): Step<State, ClientEffect>;
  step(state: State, input: ClientInput, timers: TransactionTimers): Step<State, ClientEffect>;
}

export const send: ClientEffect = { kind: "send" };
export const failedByTimeout: readonly ClientEffect[] = [{ kind: "fail", cause: "timeout" }];
export const failedByTransport: readonly ClientEffect[] = [{ kind: "fail", cause: "transport" }];
