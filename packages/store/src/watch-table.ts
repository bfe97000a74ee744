import type { Database } from "./database.ts";
import { queries, template } from "./queries.ts";
import type { WatchTableRow } from "./tables.ts";

/** What a row must carry of itself; the rest is its owner's. JSON-able. */
export interface StoredWatch {
  readonly id: string;
  readonly direction: string;
}

const put = template<WatchTableRow>((value) =>
  queries
    .insertInto("watch")
    .values({ id: value("id"), direction: value("direction"), document: value("document") })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ document: value("document") })),
);
const remove = template<{ readonly id: string }>((value) => queries.deleteFrom("watch").where("id", "=", value("id")));

/** Presence subscriptions over the edge, authorization and dialog, one row each. */
export class WatchTable<Row extends StoredWatch> {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async load(): Promise<readonly Row[]> {
    const rows = await this.#database.read(queries.selectFrom("watch").selectAll());
    return rows.map((row) => JSON.parse(row.document) as Row);
  }

  /** Inserts or replaces; `durable` is told when it is on the disk, never when it could not be written. */
  put(row: Row, durable?: () => void): void {
    this.#database.put([put({ id: row.id, direction: row.direction, document: JSON.stringify(row) })], durable);
  }

  remove(id: string, durable?: () => void): void {
    this.#database.put([remove({ id })], durable);
  }
}
