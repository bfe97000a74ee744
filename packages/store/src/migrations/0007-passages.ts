import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What was decided on traffic, counted by the hour and by the facts it was decided on. `rule` is empty where it was admitted. */
export const passages: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("passage")
      .addColumn("facts", "text", (column) => column.notNull())
      .addColumn("rule", "text", (column) => column.notNull())
      .addColumn("hour", "bigint", (column) => column.notNull())
      .addColumn("count", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("passage_key", ["facts", "rule", "hour"])
      .execute();
    await db.schema.createIndex("passage_by_hour").on("passage").column("hour").execute();
  },
};
