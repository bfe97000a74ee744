import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Who still writes to addresses by which users are not known abroad. */
export const emailDrops: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("email_drop")
      .addColumn("sender", "text", (column) => column.notNull())
      .addColumn("user", "text", (column) => column.notNull())
      .addColumn("addressed", "text", (column) => column.notNull())
      .addColumn("method", "text", (column) => column.notNull())
      .addColumn("count", "bigint", (column) => column.notNull())
      .addColumn("first_at", "bigint", (column) => column.notNull())
      .addColumn("last_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("email_drop_key", ["sender", "user"])
      .execute();
  },
};
