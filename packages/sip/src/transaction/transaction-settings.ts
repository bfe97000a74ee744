import { type BaseTimers, defaultBaseTimers } from "./timers.ts";

/** What the transaction layer lets itself be asked to hold and answer. */
export interface TransactionSettings {
  readonly timers: BaseTimers;
  /** Bounds of the two tables; beyond, requests in are answered 503 and requests out fail (attack class: exhaustion). */
  readonly maxServerTransactions: number;
  readonly maxClientTransactions: number;
  /** Methods that are dropped and never answered. ACK is never answered in any case (RFC 3261 §17). */
  readonly unansweredMethods: readonly string[];
  /** Retry-After of the 503 for a full table. */
  readonly overloadRetrySeconds: number;
}

export const defaultTransactionSettings: TransactionSettings = {
  timers: defaultBaseTimers,
  maxServerTransactions: 100_000,
  maxClientTransactions: 100_000,
  unansweredMethods: ["BENOTIFY"],
  overloadRetrySeconds: 30,
};
