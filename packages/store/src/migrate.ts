import type { DatabaseSync } from "node:sqlite";
import { Kysely, SqliteAdapter, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { initial } from "./migrations/0001-initial.ts";
import { emailDrops } from "./migrations/0002-email-drops.ts";
import { directory } from "./migrations/0003-directory.ts";
import { outsiders } from "./migrations/0004-outsiders.ts";
import { peerCertificates } from "./migrations/0005-peer-certificates.ts";
import { certificateFiles } from "./migrations/0006-certificate-files.ts";
import { passages } from "./migrations/0007-passages.ts";
import { receipts } from "./migrations/0008-receipts.ts";
import { StoreError } from "./store-error.ts";
import type { ColumnValue } from "./writer-protocol.ts";

/** In order; a released one never changes. */
const migrations = {
  "0001-initial": initial,
  "0002-email-drops": emailDrops,
  "0003-directory": directory,
  "0004-outsiders": outsiders,
  "0005-peer-certificates": peerCertificates,
  "0006-certificate-files": certificateFiles,
  "0007-passages": passages,
  "0008-receipts": receipts,
} as const;

/** All of a migration holds, or none: SQLite takes schema changes inside a transaction. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * Brings the file's schema up to this release. Throws `newer` when a later release has been here, `damaged` or
 * `failed` with the cause otherwise; the schema is then as it was.
 */
export async function migrate(database: DatabaseSync, path: string): Promise<void> {
  refuseNewer(database, path);
  const db = new Kysely<unknown>({ dialect: dialectOver(database) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  throw new StoreError("failed", `the schema of ${path} could not be brought up to date: ${String(error)}`, {
    cause: error,
  });
}

function refuseNewer(database: DatabaseSync, path: string): void {
  const known = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'kysely_migration'").get();
  if (known === undefined) return;
  for (const { name } of database.prepare("SELECT name FROM kysely_migration ORDER BY name").all()) {
    if (Object.hasOwn(migrations, String(name))) continue;
    const remedy = "start that version again, or restore the backup made before it";
    throw new StoreError("newer", `${path} was written by a newer Interpres (schema ${String(name)}): ${remedy}`);
  }
}

/** Kysely's SQLite dialect over node:sqlite. */
function dialectOver(database: DatabaseSync): SqliteDialect {
  const dialect = new SqliteDialect({
    database: {
      close: () => undefined,
      prepare: (sql) => {
        const prepared = database.prepare(sql);
        return {
          reader: prepared.columns().length > 0,
          all: (values) => prepared.all(...(values as readonly ColumnValue[])),
          run: (values) => prepared.run(...(values as readonly ColumnValue[])),
          iterate: (values) => prepared.iterate(...(values as readonly ColumnValue[])),
        };
      },
    },
  });
  dialect.createAdapter = () => new TransactionalAdapter();
  return dialect;
}
