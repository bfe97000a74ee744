import type { Clock, Timer } from "@interpres/runtime";
import { sql } from "kysely";
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
/** `ids` is a JSON array: one statement, whatever their number. */
const remove = template<{ readonly ids: string }>((value) =>
  queries.deleteFrom("journal").where("id", "in", sql<string>`(select value from json_each(${value("ids")}))`),
);

interface JournalPorts {
  readonly database: Pick<Database, "put" | "read">;
  readonly sequence: Pick<Sequence, "next">;
  readonly clock: Clock;
}

/** How long a removal waits for a commit that somebody else needs. */
const REMOVED_WITHIN_MS = 50;

/**
 * Outbound messages that were accepted from a client and whose fate is not yet known. A removal has no commit of its own,
 * for which the next entry would have to wait: it goes along with that entry, or alone after 50 ms. A crash in between
 * repeats a message under its own Call-ID and Message-ID, as any crash before a removal does.
 */
export class JournalTable<Entry extends { readonly id: string }> {
  readonly #ports: JournalPorts;
  readonly #removed: string[] = [];
  #late: Timer | undefined;

  constructor(ports: JournalPorts) {
    this.#ports = ports;
  }

  /** In the order they were appended. */
  async load(): Promise<readonly Entry[]> {
    this.#putRemoved();
    const rows = await this.#ports.database.read(queries.selectFrom("journal").selectAll().orderBy("position"));
    return rows.map((row) => JSON.parse(row.document) as Entry);
  }

  /** `durable` is told when the entry is on the disk, never when it could not be written. */
  append(entry: Entry, durable: () => void): void {
    const { database, sequence } = this.#ports;
    this.#putRemoved();
    const row = { id: entry.id, position: sequence.next(), document: JSON.stringify(entry) };
    database.put([append(row)], durable);
  }

  remove(id: string): void {
    this.#removed.push(id);
    this.#late ??= this.#ports.clock.after(REMOVED_WITHIN_MS, () => this.#putRemoved());
  }

  /** Queues what was removed lately; to be called before the database closes. */
  stop(): void {
    this.#putRemoved();
  }

  #putRemoved(): void {
    this.#late?.cancel();
    this.#late = undefined;
    if (this.#removed.length === 0) return;
    this.#ports.database.put([remove({ ids: JSON.stringify(this.#removed.splice(0)) })]);
  }
}
