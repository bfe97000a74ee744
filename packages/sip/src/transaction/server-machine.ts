import type { Step } from "@interpres/runtime";
import type { SipResponse } from "../message/message.ts";
import type { TransactionTimers } from "./timers.ts";

/** "P": the wait before our own 100 (RFC 3261 §17.2.1, RFC 4320 §4.1); the rest are the RFC's letters. */
export type ServerTimer = "F" | "G" | "H" | "I" | "J" | "L" | "P";

export type ServerInput =
  | { readonly kind: "repeated" }
  | { readonly kind: "acknowledged" }
  | { readonly kind: "respond"; readonly response: SipResponse }
  | { readonly kind: "timer"; readonly timer: ServerTimer };

export type ServerEffect =
  | { readonly kind: "send"; readonly response: SipResponse }
  | { readonly kind: "send-trying" }
  /** The ACK belongs to the user: it is for a 2xx (RFC 6026 §7.1). */
  | { readonly kind: "pass-acknowledgement" }
  | { readonly kind: "fail" }
  | { readonly kind: "start"; readonly timer: ServerTimer; readonly delayMs: number }
  | { readonly kind: "stop"; readonly timer: ServerTimer };

/** What both server machines look like to the layer. */
export interface ServerMachine<State> {
  start(timers: TransactionTimers): Step<State, ServerEffect>;
  step(state: State, input: ServerInput, timers: TransactionTimers): Step<State, ServerEffect>;
}
