import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Messages of which something may still be told to their senders. */
export const receipts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("receipt")
      .addColumn("id", "text", (column) => column.notNull().primaryKey())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("document", "text", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("receipt_by_time").on("receipt").column("at").execute();
  },
};
