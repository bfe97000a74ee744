import type { Database } from "./database.ts";
import { queries, template } from "./queries.ts";
import type { Sequence } from "./sequence.ts";
import type { JournalRow } from "./tables.ts";

const append = template<JournalRow>((value) =>
  queries
    .insertInto("journal")
    .values({ id: value("id"), position: value("position"), document: value("document") })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ document: value("document") })),
);
const remove = template<{ readonly id: string }>((value) =>
  queries.deleteFrom("journal").where("id", "=", value("id")),
);

/** Outbound messages that were accepted from a client and whose fate is not yet known. */
export class JournalTable<Entry extends { readonly id: string }> {
  readonly #database: Database;
  readonly #sequence: Sequence;

  constructor(ports: { readonly database: Database; readonly sequence: Sequence }) {
    this.#database = ports.database;
    this.#sequence = ports.sequence;
  }

  /** In the order they were appended. */
  async load(): Promise<readonly Entry[]> {
    const rows = await this.#database.read(queries.selectFrom("journal").selectAll().orderBy("position"));
    return rows.map((row) => JSON.parse(row.document) as Entry);
  }

  /** `durable` is told when the entry is on the disk, never when it could not be written. */
  append(entry: Entry, durable: () => void): void {
    const row = { id: entry.id, position: this.#sequence.next(), document: JSON.stringify(entry) };
    this.#database.put([append(row)], durable);
  }

  remove(id: string): void {
    this.#database.put([remove({ id })]);
  }
}
