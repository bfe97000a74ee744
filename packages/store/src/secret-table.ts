import type { Database } from "./database.ts";
import { queries, statement } from "./queries.ts";
import type { AlongWith } from "./settings-store.ts";

/**
 * Secrets that must be had back, as passwords shown to other servers. They are kept apart from the settings, so that no
 * version of those, export or audit row can hold one.
 */
export class SecretTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(name: string): Promise<string | undefined> {
    const [row] = await this.#database.read(queries.selectFrom("secret").select("value").where("name", "=", name));
    return row?.value;
  }

  /** Sets or, with undefined, forgets a secret, in the transaction of the settings it belongs to. */
  change(name: string, value: string | undefined): AlongWith {
    const change =
      value === undefined
        ? statement(queries.deleteFrom("secret").where("name", "=", name))
        : statement(
            queries
              .insertInto("secret")
              .values({ name, value })
              .onConflict((conflict) => conflict.column("name").doUpdateSet({ value })),
          );
    return { statements: [change], written: () => undefined };
  }
}
