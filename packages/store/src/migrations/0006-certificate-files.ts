import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Where a certificate of ours is read from again when its files change. */
export const certificateFiles: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("own_certificate").addColumn("chain_path", "text").execute();
    await db.schema.alterTable("own_certificate").addColumn("key_path", "text").execute();
  },
};
