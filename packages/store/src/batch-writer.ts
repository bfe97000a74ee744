import type { DatabaseSync, StatementSync } from "node:sqlite";
import { codeOf } from "./store-error.ts";
import type { Batch, ColumnValue, FromWriter, WriteFailure } from "./writer-protocol.ts";

/** Texts come from a closed set; this is only a fuse. */
const MAX_PREPARED = 512;

/** How far a batch has run. */
interface Place {
  statement: number;
  value: number;
}

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
    const place: Place = { statement: 0, value: 0 };
    for (const [index, count] of batch.units.entries()) {
      const end = place.statement + count;
      try {
        if (count > 1) this.#runWhole(batch, place, end);
        else this.#runStatements(batch, place, end);
      } catch (error) {
        // A full disk or an I/O error makes SQLite roll the whole transaction back: then nothing of the batch holds.
        if (!this.#database.isTransaction) throw error;
        failures.push([index, failureOf(error)]);
        while (place.statement < end) valuesOf(batch, place);
      }
    }
    return failures;
  }

  /** A single statement undoes itself when it fails; several need a savepoint. */
  #runWhole(batch: Batch, place: Place, end: number): void {
    this.#database.exec("SAVEPOINT unit");
    try {
      this.#runStatements(batch, place, end);
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK TO unit");
      throw error;
    } finally {
      if (this.#database.isTransaction) this.#database.exec("RELEASE unit");
    }
  }

  #runStatements(batch: Batch, place: Place, end: number): void {
    while (place.statement < end) {
      const text = batch.texts[batch.statements[place.statement] ?? 0] ?? "";
      this.#statement(text).run(...valuesOf(batch, place));
    }
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

/** The values of the statement at a place; the place is the next one's then. */
function valuesOf({ statements, widths, values }: Batch, place: Place): readonly ColumnValue[] {
  const width = widths[statements[place.statement] ?? 0] ?? 0;
  place.statement += 1;
  place.value += width;
  return values.slice(place.value - width, place.value);
}

function failureOf(error: unknown): WriteFailure {
  return { code: codeOf(error), message: error instanceof Error ? error.message : String(error) };
}
