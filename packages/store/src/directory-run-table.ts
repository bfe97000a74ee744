import type { AuditEntry, AuditTable } from "./audit-table.ts";
import type { Database } from "./database.ts";
import { queries, statement } from "./queries.ts";

const LAST = "last";

/** How the last synchronisation with the directory went; only that one is kept. */
export class DirectoryRunTable {
  readonly #database: Database;
  readonly #audit: AuditTable;

  constructor(ports: { readonly database: Database; readonly audit: AuditTable }) {
    this.#database = ports.database;
    this.#audit = ports.audit;
  }

  /** As it was given to `keep`, read from JSON; undefined before the first. */
  async last(): Promise<unknown> {
    const query = queries.selectFrom("directory_run").select("document").where("id", "=", LAST);
    const [row] = await this.#database.read(query);
    return row === undefined ? undefined : (JSON.parse(row.document) as unknown);
  }

  keep(run: object, audit: AuditEntry): Promise<void> {
    const document = JSON.stringify(run);
    const put = queries
      .insertInto("directory_run")
      .values({ id: LAST, document })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ document }));
    return this.#database.write([statement(put), this.#audit.entry(audit)]);
  }
}
