import type { AccountRecord, AccountRepository } from "@interpres/xmpp";
import type { AuditEntry, AuditTable } from "./audit-table.ts";
import type { Database } from "./database.ts";
import { queries, statement } from "./queries.ts";
import type { Statement } from "./writer.ts";

/** Local users with their password verifiers. */
export class AccountTable implements AccountRepository {
  readonly #database: Database;
  readonly #audit: AuditTable;

  constructor(ports: { readonly database: Database; readonly audit: AuditTable }) {
    this.#database = ports.database;
    this.#audit = ports.audit;
  }

  async load(): Promise<readonly AccountRecord[]> {
    const rows = await this.#database.read(queries.selectFrom("account").selectAll().orderBy("jid"));
    return rows.map((row) => accountOf(row.document));
  }

  async find(jid: string): Promise<AccountRecord | undefined> {
    const [row] = await this.#database.read(queries.selectFrom("account").selectAll().where("jid", "=", jid));
    return row === undefined ? undefined : accountOf(row.document);
  }

  /** Inserts or replaces, with the audit row in the same transaction where one is given. */
  put(account: AccountRecord, audit?: AuditEntry): Promise<void> {
    return this.putAll([account], audit);
  }

  /** As `put`, all of them or none. */
  putAll(accounts: readonly AccountRecord[], audit?: AuditEntry): Promise<void> {
    return this.#database.write([...accounts.map(putStatement), ...this.#auditRows(audit)]);
  }

  /** Removes the account and everything kept for it: roster, block list, decisions on outsiders, stored messages. */
  remove(jid: string, audit?: AuditEntry): Promise<void> {
    return this.#database.write([
      statement(queries.deleteFrom("account").where("jid", "=", jid)),
      statement(queries.deleteFrom("roster").where("owner", "=", jid)),
      statement(queries.deleteFrom("roster_item").where("owner", "=", jid)),
      statement(queries.deleteFrom("block").where("owner", "=", jid)),
      statement(queries.deleteFrom("outsider_rule").where("owner", "=", jid)),
      statement(queries.deleteFrom("offline_message").where("owner", "=", jid)),
      ...this.#auditRows(audit),
    ]);
  }

  #auditRows(audit: AuditEntry | undefined): readonly Statement[] {
    return audit === undefined ? [] : [this.#audit.entry(audit)];
  }
}

function putStatement(account: AccountRecord): Statement {
  const document = JSON.stringify(account);
  return statement(
    queries
      .insertInto("account")
      .values({ jid: account.jid, document })
      .onConflict((conflict) => conflict.column("jid").doUpdateSet({ document })),
  );
}

function accountOf(document: string): AccountRecord {
  return JSON.parse(document) as AccountRecord;
}
