import type { OutsiderRepository, OutsiderRule } from "@interpres/xmpp";
import type { Database } from "./database.ts";
import { queries, statement } from "./queries.ts";

/** What users decided on foreign domains, one row a rule. */
export class OutsiderTable implements OutsiderRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async load(user: string): Promise<readonly OutsiderRule[]> {
    const ofUser = queries.selectFrom("outsider_rule").select(["domain", "decision"]).where("owner", "=", user);
    const rows = await this.#database.read(ofUser.orderBy("domain"));
    return rows.map(({ domain, decision }) => ({ domain, decision: decision === "allow" ? "allow" : "block" }));
  }

  put(user: string, { domain, decision }: OutsiderRule): Promise<void> {
    const query = queries.insertInto("outsider_rule").values({ owner: user, domain, decision });
    return this.#database.write([
      statement(query.onConflict((conflict) => conflict.columns(["owner", "domain"]).doUpdateSet({ decision }))),
    ]);
  }

  remove(user: string, domain: string): Promise<void> {
    const query = queries.deleteFrom("outsider_rule").where("owner", "=", user).where("domain", "=", domain);
    return this.#database.write([statement(query)]);
  }

  removeAll(user: string): Promise<void> {
    return this.#database.write([statement(queries.deleteFrom("outsider_rule").where("owner", "=", user))]);
  }
}
