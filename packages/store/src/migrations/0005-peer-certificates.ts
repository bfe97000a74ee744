import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The certificate each peer showed last: when it expires concerns us too. */
export const peerCertificates: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("peer_certificate")
      .addColumn("name", "text", (column) => column.primaryKey().notNull())
      .addColumn("pem", "text", (column) => column.notNull())
      .addColumn("tls_version", "text", (column) => column.notNull())
      .addColumn("cipher", "text", (column) => column.notNull())
      .addColumn("seen_at", "bigint", (column) => column.notNull())
      .execute();
  },
};
