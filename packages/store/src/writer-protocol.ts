import type { StoreErrorCode } from "./store-error.ts";

/** What a column may hold; a subset of what SQLite and PostgreSQL both take. */
export type ColumnValue = string | number | null;

/** One statement of a unit: the place of its text in `Batch.texts`, and its values. */
export type BatchStatement = readonly [text: number, values: readonly ColumnValue[]];

/** What the main thread posts: units that each hold whole or not at all, committed together. */
export interface Batch {
  readonly kind: "batch";
  readonly texts: readonly string[];
  readonly units: readonly (readonly BatchStatement[])[];
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
