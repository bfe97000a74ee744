import type { DatabaseSync, StatementSync } from "node:sqlite";
import { codeOf } from "./store-error.ts";
import type { Batch, BatchStatement, FromWriter, WriteFailure } from "./writer-protocol.ts";

/** Texts come from a closed set; this is only a fuse. */
const MAX_PREPARED = 512;

/** Runs batches on one connection: one transaction each, one `fsync` each. Lives in the writer worker. */
export class BatchWriter {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  run(batch: Batch): FromWriter {
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      const failures = this.#runUnits(batch);
      this.#database.exec("COMMIT");
      return { kind: "committed", failures };
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      return { kind: "failed", failure: failureOf(error) };
    }
  }

  #runUnits(batch: Batch): readonly (readonly [number, WriteFailure])[] {
    const failures: (readonly [number, WriteFailure])[] = [];
    for (const [index, unit] of batch.units.entries()) {
      try {
        if (unit.length > 1) this.#runWhole(unit, batch.texts);
        else this.#runStatements(unit, batch.texts);
      } catch (error) {
        // A full disk or an I/O error makes SQLite roll the whole transaction back: then nothing of the batch holds.
        if (!this.#database.isTransaction) throw error;
        failures.push([index, failureOf(error)]);
      }
    }
    return failures;
  }

  /** A single statement undoes itself when it fails; several need a savepoint. */
  #runWhole(unit: readonly BatchStatement[], texts: readonly string[]): void {
    this.#database.exec("SAVEPOINT unit");
    try {
      this.#runStatements(unit, texts);
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK TO unit");
      throw error;
    } finally {
      if (this.#database.isTransaction) this.#database.exec("RELEASE unit");
    }
  }

  #runStatements(unit: readonly BatchStatement[], texts: readonly string[]): void {
    for (const [text, values] of unit) this.#statement(texts[text] ?? "").run(...values);
  }

  #statement(text: string): StatementSync {
    const known = this.#prepared.get(text);
    if (known !== undefined) return known;
    if (this.#prepared.size >= MAX_PREPARED) this.#prepared.clear();
    const statement = this.#database.prepare(text);
    this.#prepared.set(text, statement);
    return statement;
  }
}

function failureOf(error: unknown): WriteFailure {
  return { code: codeOf(error), message: error instanceof Error ? error.message : String(error) };
}
