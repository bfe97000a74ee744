import type { StoreErrorCode } from "./store-error.ts";

/** What a column may hold; a subset of what SQLite and PostgreSQL both take. */
export type ColumnValue = string | number | null;

/**
 * What the main thread posts: units that each hold whole or not at all, committed together. It is flat, since every array
 * within a posted message costs: `statements` has the place of each one's text in `texts`, `units` how many of them each
 * unit takes, and `values` all their values, each statement as many as its text has (`widths`).
 */
export interface Batch {
  readonly kind: "batch";
  readonly texts: readonly string[];
  readonly widths: readonly number[];
  readonly units: readonly number[];
  readonly statements: readonly number[];
  readonly values: readonly ColumnValue[];
}

export type ToWriter = Batch | { readonly kind: "close" };

export interface WriteFailure {
  readonly code: StoreErrorCode;
  readonly message: string;
}

/** What the worker answers: `committed` names the units that did not hold; `failed` means none of the batch did. */
export type FromWriter =
  | { readonly kind: "ready" }
  | { readonly kind: "committed"; readonly failures: readonly (readonly [unit: number, failure: WriteFailure])[] }
  | { readonly kind: "failed"; readonly failure: WriteFailure }
  | { readonly kind: "closed" };
