import type { CreateTableBuilder, Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The first schema; what each column means stands in `tables.ts`. */
export const initial: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const table of [...settingsTables(db), ...userTables(db), ...promiseTables(db), ...trustTables(db)])
      await table.execute();
    for (const table of [...administrationTables(db), ...historyTables(db)]) await table.execute();
    await createIndexes(db);
  },
};

type Table = CreateTableBuilder<string, string>;

function settingsTables(db: Kysely<unknown>): readonly Table[] {
  return [
    db.schema
      .createTable("settings_version")
      .addColumn("version", "integer", (column) => column.primaryKey())
      .addColumn("document", "text", (column) => column.notNull())
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull()),
  ];
}

function userTables(db: Kysely<unknown>): readonly Table[] {
  return [
    db.schema
      .createTable("account")
      .addColumn("jid", "text", (column) => column.primaryKey().notNull())
      .addColumn("document", "text", (column) => column.notNull()),
    db.schema
      .createTable("roster_item")
      .addColumn("owner", "text", (column) => column.notNull())
      .addColumn("contact", "text", (column) => column.notNull())
      .addColumn("document", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("roster_item_key", ["owner", "contact"]),
    db.schema
      .createTable("roster")
      .addColumn("owner", "text", (column) => column.primaryKey().notNull())
      .addColumn("version", "bigint", (column) => column.notNull())
      .addColumn("floor", "bigint", (column) => column.notNull()),
    db.schema
      .createTable("block")
      .addColumn("owner", "text", (column) => column.notNull())
      .addColumn("jid", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("block_key", ["owner", "jid"]),
  ];
}

function promiseTables(db: Kysely<unknown>): readonly Table[] {
  return [
    db.schema
      .createTable("offline_message")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("owner", "text", (column) => column.notNull())
      .addColumn("position", "bigint", (column) => column.notNull())
      .addColumn("stored_at", "bigint", (column) => column.notNull())
      .addColumn("characters", "integer", (column) => column.notNull())
      .addColumn("stanza", "text", (column) => column.notNull()),
    db.schema
      .createTable("watch")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("direction", "text", (column) => column.notNull())
      .addColumn("document", "text", (column) => column.notNull()),
    db.schema
      .createTable("journal")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("position", "bigint", (column) => column.notNull())
      .addColumn("document", "text", (column) => column.notNull()),
  ];
}

function trustTables(db: Kysely<unknown>): readonly Table[] {
  return [
    db.schema
      .createTable("own_certificate")
      .addColumn("purpose", "text", (column) => column.primaryKey().notNull())
      .addColumn("chain_pem", "text", (column) => column.notNull())
      .addColumn("key_pem", "text", (column) => column.notNull())
      .addColumn("updated_at", "bigint", (column) => column.notNull()),
    db.schema
      .createTable("certificate_request")
      .addColumn("purpose", "text", (column) => column.primaryKey().notNull())
      .addColumn("key_pem", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull()),
    db.schema
      .createTable("trust_certificate")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("pem", "text", (column) => column.notNull())
      .addColumn("description", "text", (column) => column.notNull())
      .addColumn("added_at", "bigint", (column) => column.notNull()),
  ];
}

function administrationTables(db: Kysely<unknown>): readonly Table[] {
  return [
    db.schema
      .createTable("administrator")
      .addColumn("name", "text", (column) => column.primaryKey().notNull())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("password_hash", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull()),
    db.schema
      .createTable("session_token")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("administrator", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull()),
    db.schema
      .createTable("api_token")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull().unique())
      .addColumn("created_by", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull()),
  ];
}

function historyTables(db: Kysely<unknown>): readonly Table[] {
  return [
    db.schema
      .createTable("audit")
      .addColumn("id", "bigint", (column) => column.primaryKey().notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("action", "text", (column) => column.notNull())
      .addColumn("resource", "text", (column) => column.notNull())
      .addColumn("before", "text")
      .addColumn("after", "text"),
    db.schema
      .createTable("decision")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("user", "text")
      .addColumn("peer", "text")
      .addColumn("peer_domain", "text")
      .addColumn("document", "text", (column) => column.notNull()),
  ];
}

async function createIndexes(db: Kysely<unknown>): Promise<void> {
  const indexes = [
    ["offline_message_owner", "offline_message", ["owner", "position"]],
    ["session_token_administrator", "session_token", ["administrator"]],
    ["session_token_expires_at", "session_token", ["expires_at"]],
    ["decision_at", "decision", ["at"]],
    ["decision_user", "decision", ["user", "at"]],
    ["decision_peer_domain", "decision", ["peer_domain", "at"]],
  ] as const;
  for (const [name, table, columns] of indexes)
    await db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns])
      .execute();
}
