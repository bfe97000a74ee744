import type { OfflineLimit, OfflineMessage, OfflineRepository } from "@interpres/xmpp";
import type { Database } from "./database.ts";
import { queries, statement, template } from "./queries.ts";
import type { Sequence } from "./sequence.ts";
import type { OfflineMessageRow } from "./tables.ts";

interface Append extends OfflineMessageRow {
  readonly messages_before: number;
  readonly characters_before: number;
}

/** Inserts the row only while the owner's stored messages are below both limits. */
const append = template<Append>((value) =>
  queries
    .insertInto("offline_message")
    .columns(["id", "owner", "position", "stored_at", "characters", "stanza"])
    .expression((builder) =>
      builder
        .selectFrom(
          queries
            .selectFrom("offline_message")
            .where("owner", "=", value("owner"))
            .select(({ fn, lit }) => [
              fn.countAll<number>().as("messages"),
              fn.coalesce(fn.sum<number>("offline_message.characters"), lit(0)).as("total"),
            ])
            .as("held"),
        )
        .where("held.messages", "<=", value("messages_before"))
        .where("held.total", "<=", value("characters_before"))
        .select(({ val }) => [
          val(value("id")).as("id"),
          val(value("owner")).as("owner"),
          val(value("position")).as("position"),
          val(value("stored_at")).as("stored_at"),
          val(value("characters")).as("characters"),
          val(value("stanza")).as("stanza"),
        ]),
    ),
);

/** Messages that wait for their recipient. */
export class OfflineTable implements OfflineRepository {
  readonly #database: Database;
  readonly #sequence: Sequence;

  constructor(ports: { readonly database: Database; readonly sequence: Sequence }) {
    this.#database = ports.database;
    this.#sequence = ports.sequence;
  }

  async load(user: string): Promise<readonly OfflineMessage[]> {
    const query = queries.selectFrom("offline_message").selectAll().where("owner", "=", user).orderBy("position");
    const rows = await this.#database.read(query);
    return rows.map((row) => ({ id: row.id, storedAt: row.stored_at, stanza: row.stanza }));
  }

  async append(user: string, message: OfflineMessage, limit: OfflineLimit): Promise<"stored" | "full"> {
    const insert = append({
      id: message.id,
      owner: user,
      position: this.#sequence.next(),
      stored_at: message.storedAt,
      characters: message.stanza.length,
      stanza: message.stanza,
      messages_before: limit.messages - 1,
      characters_before: limit.characters - message.stanza.length,
    });
    await this.#database.write([insert]);
    const query = queries.selectFrom("offline_message").select("position").where("id", "=", message.id);
    const rows = await this.#database.read(query);
    return rows.length > 0 ? "stored" : "full";
  }

  remove(user: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return this.#database.write([]);
    return this.#database.write([
      statement(queries.deleteFrom("offline_message").where("owner", "=", user).where("id", "in", ids)),
    ]);
  }

  removeAll(user: string): Promise<void> {
    return this.#database.write([statement(queries.deleteFrom("offline_message").where("owner", "=", user))]);
  }
}
