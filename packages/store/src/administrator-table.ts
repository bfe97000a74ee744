import type { AuditEntry, AuditTable } from "./audit-table.ts";
import type { Database } from "./database.ts";
import { queries, statement } from "./queries.ts";
import type { AdministratorRow } from "./tables.ts";

/** From the least: `auditor` reads, `operator` has services and diagnostics too, `administrator` may everything. */
const ROLES = ["auditor", "operator", "administrator"] as const;
export type Role = (typeof ROLES)[number];

export interface Administrator {
  readonly name: string;
  readonly role: Role;
  /** A PHC string with its own salt and costs. */
  readonly passwordHash: string;
  readonly createdAt: number;
}

/** Those who may sign in to the API and the console. */
export class AdministratorTable {
  readonly #database: Database;
  readonly #audit: AuditTable;

  constructor(ports: { readonly database: Database; readonly audit: AuditTable }) {
    this.#database = ports.database;
    this.#audit = ports.audit;
  }

  async list(): Promise<readonly Administrator[]> {
    const rows = await this.#database.read(queries.selectFrom("administrator").selectAll().orderBy("name"));
    return rows.map(administratorOf);
  }

  async find(name: string): Promise<Administrator | undefined> {
    const query = queries.selectFrom("administrator").selectAll().where("name", "=", name);
    const [row] = await this.#database.read(query);
    return row === undefined ? undefined : administratorOf(row);
  }

  /** Adds; rejects with `conflict` when the name is taken. */
  add(administrator: Administrator, audit: AuditEntry): Promise<void> {
    const insert = queries.insertInto("administrator").values(rowOf(administrator));
    return this.#database.write([statement(insert), this.#audit.entry(audit)]);
  }

  /** Replaces role and password hash, and ends her sessions and those tokens she made that may more than she now does. */
  replace(administrator: Administrator, audit: AuditEntry): Promise<void> {
    const { name, ...changes } = rowOf(administrator);
    const above = ROLES.slice(ROLES.indexOf(administrator.role) + 1);
    return this.#database.write([
      statement(queries.updateTable("administrator").set(changes).where("name", "=", name)),
      statement(queries.deleteFrom("session_token").where("administrator", "=", name)),
      ...above.map((role) =>
        statement(queries.deleteFrom("api_token").where("created_by", "=", name).where("role", "=", role)),
      ),
      this.#audit.entry(audit),
    ]);
  }

  /** Removes, with all sessions, and all tokens she made. */
  remove(name: string, audit: AuditEntry): Promise<void> {
    return this.#database.write([
      statement(queries.deleteFrom("administrator").where("name", "=", name)),
      statement(queries.deleteFrom("session_token").where("administrator", "=", name)),
      statement(queries.deleteFrom("api_token").where("created_by", "=", name)),
      this.#audit.entry(audit),
    ]);
  }
}

function rowOf(administrator: Administrator): AdministratorRow {
  return {
    name: administrator.name,
    role: administrator.role,
    password_hash: administrator.passwordHash,
    created_at: administrator.createdAt,
  };
}

function administratorOf(row: AdministratorRow): Administrator {
  return { name: row.name, role: asRole(row.role), passwordHash: row.password_hash, createdAt: row.created_at };
}

/** A role nobody knows may read, no more. */
export function asRole(text: string): Role {
  return text === "administrator" || text === "operator" ? text : "auditor";
}
