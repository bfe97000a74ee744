import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Secrets the node shows to others' servers, apart from the settings they belong to; and the last synchronisation. */
export const directory: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("secret")
      .addColumn("name", "text", (column) => column.primaryKey().notNull())
      .addColumn("value", "text", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("directory_run")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("document", "text", (column) => column.notNull())
      .execute();
  },
};
