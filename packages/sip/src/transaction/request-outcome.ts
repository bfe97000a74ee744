import type { SipResponse } from "../message/message.ts";

/** What became of a request of ours; told exactly once. */
export type RequestOutcome =
  | { readonly kind: "answered"; readonly status: number; readonly reason: string; readonly response: SipResponse }
  /** No final response: "timeout" counts as 408, "transport" as 503 (RFC 3261 §8.1.3.1). */
  | { readonly kind: "failed"; readonly cause: "timeout" | "transport"; readonly detail: string }
  /** Never sent: the selector had no hop, or a bound of ours was reached. `status` is what a proxy would answer. */
  | { readonly kind: "unroutable"; readonly status: number; readonly rule: string; readonly reason: string };

/** The status that stands for the outcome: the one answered, else 408, 503 or the selector's. */
export function statusOf(outcome: RequestOutcome): number {
  switch (outcome.kind) {
    case "answered":
    case "unroutable":
      return outcome.status;
    case "failed":
      return outcome.cause === "timeout" ? 408 : 503;
  }
}
