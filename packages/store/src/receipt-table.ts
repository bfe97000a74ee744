import type { Clock } from "@interpres/runtime";
import type { Database } from "./database.ts";
import { queries, statement, template } from "./queries.ts";
import type { ReceiptTableRow } from "./tables.ts";

/** What a row must carry of itself; `at` in milliseconds since 1970. JSON-able. */
export interface StoredReceipt {
  readonly id: string;
  readonly at: number;
}

/** What nobody told of a message within a week, nobody will. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

const put = template<ReceiptTableRow>((value) =>
  queries
    .insertInto("receipt")
    .values({ id: value("id"), at: value("at"), document: value("document") })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ document: value("document") })),
);
const remove = template<{ readonly id: string }>((value) =>
  queries.deleteFrom("receipt").where("id", "=", value("id")),
);

/** Messages of which something may still be told to their senders; whoever fills it bounds it. */
export class ReceiptTable<Row extends StoredReceipt> {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor({ database, clock }: { readonly database: Database; readonly clock: Clock }) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Those of the last week, the oldest first; the others are deleted. */
  async load(): Promise<readonly Row[]> {
    const limit = this.#clock.now() - KEPT_MS;
    this.#database.put([statement(queries.deleteFrom("receipt").where("at", "<", limit))]);
    const rows = await this.#database.read(
      queries.selectFrom("receipt").selectAll().where("at", ">=", limit).orderBy("at"),
    );
    return rows.map((row) => JSON.parse(row.document) as Row);
  }

  /** Inserts or replaces. */
  put(row: Row): void {
    this.#database.put([put({ id: row.id, at: row.at, document: JSON.stringify(row) })]);
  }

  remove(id: string): void {
    this.#database.put([remove({ id })]);
  }
}
