import type { Clock } from "@interpres/runtime";
import { type RawBuilder, sql } from "kysely";
import type { Database } from "./database.ts";
import { queries, template } from "./queries.ts";
import type { Sequence } from "./sequence.ts";
import type { AuditRow } from "./tables.ts";
import type { Statement } from "./writer.ts";

/** What is written about one change; `before` and `after` are JSON-able and free of secrets. */
export interface AuditEntry {
  /** Administrator or token name, `system` for the node itself. */
  readonly actor: string;
  /** `create`, `update`, `delete`, `login`, … */
  readonly action: string;
  /** Path of what changed below `/api/v1`: `sip-federated-domains/contoso.example`. */
  readonly resource: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface AuditRecord extends AuditEntry {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface AuditQuery {
  readonly actor?: string;
  readonly action?: string;
  /** Somewhere in the path, whatever its case. */
  readonly resource?: string;
  /** Milliseconds since 1970, both of them within. */
  readonly since?: number;
  readonly until?: number;
  /** Only records older than this id: the cursor of a list, newest first. */
  readonly before?: number;
  readonly limit: number;
}

const insert = template<AuditRow>((value) =>
  queries.insertInto("audit").values({
    id: value("id"),
    at: value("at"),
    actor: value("actor"),
    action: value("action"),
    resource: value("resource"),
    before: value("before"),
    after: value("after"),
  }),
);

/** Who changed what, when, old and new. Rows are added in the transaction of the change they tell of. */
export class AuditTable {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #sequence: Sequence;

  constructor(ports: { readonly database: Database; readonly clock: Clock; readonly sequence: Sequence }) {
    this.#database = ports.database;
    this.#clock = ports.clock;
    this.#sequence = ports.sequence;
  }

  /** The row as a statement, for the caller's own transaction. */
  entry({ actor, action, resource, before, after }: AuditEntry): Statement {
    return insert({
      id: this.#sequence.next(),
      at: this.#clock.now(),
      actor,
      action,
      resource,
      before: before === undefined ? null : JSON.stringify(before),
      after: after === undefined ? null : JSON.stringify(after),
    });
  }

  /** For what changes nothing else: a login, a refused attempt. */
  record(entry: AuditEntry): Promise<void> {
    return this.#database.write([this.entry(entry)]);
  }

  /** Newest first. */
  async list({ actor, action, resource, since, until, before, limit }: AuditQuery): Promise<readonly AuditRecord[]> {
    let query = queries.selectFrom("audit").selectAll().orderBy("id", "desc").limit(limit);
    if (actor !== undefined) query = query.where("actor", "=", actor);
    if (action !== undefined) query = query.where("action", "=", action);
    if (resource !== undefined) query = query.where(within(resource));
    if (since !== undefined) query = query.where("at", ">=", since);
    if (until !== undefined) query = query.where("at", "<=", until);
    if (before !== undefined) query = query.where("id", "<", before);
    return (await this.#database.read(query)).map(recordOf);
  }
}

/** Text of the one who looks is no pattern: `%` and `_` stand for themselves. */
function within(text: string): RawBuilder<boolean> {
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  return sql<boolean>`lower(resource) like ${pattern} escape '\\'`;
}

function recordOf(row: AuditRow): AuditRecord {
  return {
    id: row.id,
    at: row.at,
    actor: row.actor,
    action: row.action,
    resource: row.resource,
    ...(row.before === null ? {} : { before: JSON.parse(row.before) as unknown }),
    ...(row.after === null ? {} : { after: JSON.parse(row.after) as unknown }),
  };
}
