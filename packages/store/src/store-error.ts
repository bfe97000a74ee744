/**
 * Why the store could not do what it was asked:
 * `in-use` another process has the file; `damaged` SQLite cannot read it; `newer` a later Interpres wrote it;
 * `conflict` a key is taken; `overloaded` too many writes wait; `closed` the store was closed; `failed` anything else
 * of the disk or the database.
 */
export type StoreErrorCode = "in-use" | "damaged" | "newer" | "conflict" | "overloaded" | "closed" | "failed";

/** A failed operation of the store; its message is for the operator. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** SQLite result codes, <https://sqlite.org/rescode.html>; the primary code is the low octet. */
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_CONSTRAINT = 19;
const SQLITE_NOTADB = 26;

/** The code for an error thrown by node:sqlite. */
export function codeOf(error: unknown): StoreErrorCode {
  const errcode = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : undefined;
  switch (errcode) {
    case SQLITE_BUSY:
      return "in-use";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "damaged";
    case SQLITE_CONSTRAINT:
      return "conflict";
    default:
      return "failed";
  }
}
