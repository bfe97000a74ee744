import { type BaseTimers, defaultBaseTimers } from "./timers.ts";

/** What the transaction layer lets itself be asked to hold and answer. */
export interface TransactionSettings {
  readonly timers: BaseTimers;
  /** Bounds of the two tables; beyond, requests in are answered 503 and requests out fail (attack class: exhaustion). */
  readonly maxServerTransactions: number;
  readonly maxClientTransactions: number;
  /** What one peer may take of either: by its certificate or address inbound, by its domain outbound. */
  readonly maxTransactionsOfOnePeer: number;
  /** Methods that are dropped and never answered. ACK is never answered in any case (RFC 3261 §17). */
  readonly unansweredMethods: readonly string[];
}

export const defaultTransactionSettings: TransactionSettings = {
  timers: defaultBaseTimers,
  maxServerTransactions: 100_000,
  maxClientTransactions: 100_000,
  maxTransactionsOfOnePeer: 25_000,
  unansweredMethods: ["BENOTIFY"],
};
