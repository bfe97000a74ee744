import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What users decided on all people of a foreign domain. */
export const outsiders: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("outsider_rule")
      .addColumn("owner", "text", (column) => column.notNull())
      .addColumn("domain", "text", (column) => column.notNull())
      .addColumn("decision", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("outsider_rule_pk", ["owner", "domain"])
      .execute();
  },
};
