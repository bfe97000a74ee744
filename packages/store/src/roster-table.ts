import type { RosterChange, RosterEntry, RosterRepository, StoredRoster } from "@interpres/xmpp";
import type { Database } from "./database.ts";
import { queries, statement, template } from "./queries.ts";
import type { RosterItemRow, RosterRow } from "./tables.ts";

const putRoster = template<RosterRow>((value) =>
  queries
    .insertInto("roster")
    .values({ owner: value("owner"), version: value("version"), floor: value("floor") })
    .onConflict((conflict) =>
      conflict.column("owner").doUpdateSet({ version: value("version"), floor: value("floor") }),
    ),
);

const putItem = template<RosterItemRow>((value) =>
  queries
    .insertInto("roster_item")
    .values({ owner: value("owner"), contact: value("contact"), document: value("document") })
    .onConflict((conflict) => conflict.columns(["owner", "contact"]).doUpdateSet({ document: value("document") })),
);

/** Rosters, one row an entry. */
export class RosterTable implements RosterRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async load(user: string): Promise<StoredRoster | undefined> {
    const [roster] = await this.#database.read(queries.selectFrom("roster").selectAll().where("owner", "=", user));
    if (roster === undefined) return undefined;
    const items = queries.selectFrom("roster_item").selectAll().where("owner", "=", user).orderBy("contact");
    const entries = (await this.#database.read(items)).map((row) => JSON.parse(row.document) as RosterEntry);
    return { version: roster.version, floor: roster.floor, entries };
  }

  save(user: string, { version, floor, put, drop }: RosterChange): Promise<void> {
    return this.#database.write([
      putRoster({ owner: user, version, floor }),
      putItem({ owner: user, contact: put.jid, document: JSON.stringify(put) }),
      ...(drop.length === 0 ? [] : [dropItems(user, drop)]),
    ]);
  }

  removeAll(user: string): Promise<void> {
    return this.#database.write([
      statement(queries.deleteFrom("roster").where("owner", "=", user)),
      statement(queries.deleteFrom("roster_item").where("owner", "=", user)),
    ]);
  }
}

function dropItems(user: string, contacts: readonly string[]) {
  return statement(queries.deleteFrom("roster_item").where("owner", "=", user).where("contact", "in", contacts));
}
