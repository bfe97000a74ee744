import type { BlockRepository } from "@interpres/xmpp";
import type { Database } from "./database.ts";
import { queries, statement } from "./queries.ts";

/** Block lists, one row an entry. */
export class BlockTable implements BlockRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async load(user: string): Promise<readonly string[]> {
    const query = queries.selectFrom("block").select("jid").where("owner", "=", user).orderBy("jid");
    return (await this.#database.read(query)).map((row) => row.jid);
  }

  /** JIDs already on the list stay. */
  add(user: string, jids: readonly string[]): Promise<void> {
    return this.#database.write(
      jids.map((jid) =>
        statement(
          queries
            .insertInto("block")
            .values({ owner: user, jid })
            .onConflict((conflict) => conflict.doNothing()),
        ),
      ),
    );
  }

  remove(user: string, jids: readonly string[]): Promise<void> {
    if (jids.length === 0) return this.#database.write([]);
    return this.#database.write([
      statement(queries.deleteFrom("block").where("owner", "=", user).where("jid", "in", jids)),
    ]);
  }

  removeAll(user: string): Promise<void> {
    return this.#database.write([statement(queries.deleteFrom("block").where("owner", "=", user))]);
  }
}
