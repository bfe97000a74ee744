import type { Database } from "./database.ts";
import { queries, template } from "./queries.ts";
import type { EmailDropRow } from "./tables.ts";

/** What a foreign sender sent to addresses by which a user is not known abroad. Times are milliseconds since 1970. */
export interface EmailDrop {
  /** Address of the sender, `name@domain`. */
  readonly sender: string;
  /** Bare JID of the user it would have reached. */
  readonly user: string;
  /** Address and method of the last request. */
  readonly addressed: string;
  readonly method: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

const put = template<EmailDropRow>((value) =>
  queries
    .insertInto("email_drop")
    .values({
      sender: value("sender"),
      user: value("user"),
      addressed: value("addressed"),
      method: value("method"),
      count: value("count"),
      first_at: value("first_at"),
      last_at: value("last_at"),
    })
    .onConflict((conflict) =>
      conflict.columns(["sender", "user"]).doUpdateSet({
        addressed: value("addressed"),
        method: value("method"),
        count: value("count"),
        last_at: value("last_at"),
      }),
    ),
);
const remove = template<Pick<EmailDropRow, "sender" | "user">>((value) =>
  queries.deleteFrom("email_drop").where("sender", "=", value("sender")).where("user", "=", value("user")),
);

/** One row for each sender and user. */
export class EmailDropTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Oldest first. */
  async load(): Promise<readonly EmailDrop[]> {
    const rows = await this.#database.read(queries.selectFrom("email_drop").selectAll().orderBy("last_at"));
    return rows.map(({ first_at: firstAt, last_at: lastAt, ...row }) => ({
      ...row,
      count: Number(row.count),
      firstAt: Number(firstAt),
      lastAt: Number(lastAt),
    }));
  }

  /** Inserts or replaces. */
  put({ firstAt, lastAt, ...drop }: EmailDrop): void {
    this.#database.put([put({ ...drop, first_at: firstAt, last_at: lastAt })]);
  }

  remove({ sender, user }: Pick<EmailDrop, "sender" | "user">): void {
    this.#database.put([remove({ sender, user })]);
  }
}
