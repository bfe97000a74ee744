import { asRole, type Role } from "./administrator-table.ts";
import type { AuditEntry, AuditTable } from "./audit-table.ts";
import type { Database } from "./database.ts";
import { queries, statement } from "./queries.ts";
import type { ApiTokenRow, SessionTokenRow } from "./tables.ts";

/** A signed-in administrator. `id` is a hash of the secret the client holds; the secret itself is nowhere. */
export interface AdminSession {
  readonly id: string;
  readonly administrator: string;
  readonly createdAt: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

interface TablePorts {
  readonly database: Database;
  readonly audit: AuditTable;
}

/** Sessions survive a restart of the node. */
export class SessionTable {
  readonly #database: Database;
  readonly #audit: AuditTable;

  constructor({ database, audit }: TablePorts) {
    this.#database = database;
    this.#audit = audit;
  }

  async find(id: string): Promise<AdminSession | undefined> {
    const [row] = await this.#database.read(queries.selectFrom("session_token").selectAll().where("id", "=", id));
    return row === undefined ? undefined : sessionOf(row);
  }

  /** Adds, and forgets what has expired. */
  add(session: AdminSession, audit: AuditEntry): Promise<void> {
    return this.#database.write([
      statement(queries.deleteFrom("session_token").where("expires_at", "<=", session.createdAt)),
      statement(queries.insertInto("session_token").values(sessionRow(session))),
      this.#audit.entry(audit),
    ]);
  }

  remove(id: string, audit: AuditEntry): Promise<void> {
    const remove = queries.deleteFrom("session_token").where("id", "=", id);
    return this.#database.write([statement(remove), this.#audit.entry(audit)]);
  }
}

/**
 * A secret for programs, valid until it or the administrator who made it is removed. `hash` is of the secret; the secret
 * itself is nowhere.
 */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly hash: string;
  /** The administrator, also where another token of hers was used to make it. */
  readonly createdBy: string;
  readonly createdAt: number;
}

export class ApiTokenTable {
  readonly #database: Database;
  readonly #audit: AuditTable;

  constructor({ database, audit }: TablePorts) {
    this.#database = database;
    this.#audit = audit;
  }

  async list(): Promise<readonly ApiToken[]> {
    const query = queries.selectFrom("api_token").selectAll().orderBy("created_at").orderBy("id");
    return (await this.#database.read(query)).map(tokenOf);
  }

  async findByHash(hash: string): Promise<ApiToken | undefined> {
    const [row] = await this.#database.read(queries.selectFrom("api_token").selectAll().where("hash", "=", hash));
    return row === undefined ? undefined : tokenOf(row);
  }

  /** Rejects with `conflict` when the same secret is already known. */
  add(token: ApiToken, audit: AuditEntry): Promise<void> {
    return this.#database.write([
      statement(queries.insertInto("api_token").values(tokenRow(token))),
      this.#audit.entry(audit),
    ]);
  }

  remove(id: string, audit: AuditEntry): Promise<void> {
    const remove = queries.deleteFrom("api_token").where("id", "=", id);
    return this.#database.write([statement(remove), this.#audit.entry(audit)]);
  }
}

function sessionRow(session: AdminSession): SessionTokenRow {
  return {
    id: session.id,
    administrator: session.administrator,
    created_at: session.createdAt,
    expires_at: session.expiresAt,
  };
}

function sessionOf(row: SessionTokenRow): AdminSession {
  return {
    id: row.id,
    administrator: row.administrator,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

function tokenRow(token: ApiToken): ApiTokenRow {
  return {
    id: token.id,
    name: token.name,
    role: token.role,
    hash: token.hash,
    created_by: token.createdBy,
    created_at: token.createdAt,
  };
}

function tokenOf(row: ApiTokenRow): ApiToken {
  return {
    id: row.id,
    name: row.name,
    role: asRole(row.role),
    hash: row.hash,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}
