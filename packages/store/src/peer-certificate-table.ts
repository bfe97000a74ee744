import type { Database } from "./database.ts";
import { queries, template } from "./queries.ts";
import type { PeerCertificateRow } from "./tables.ts";

/** The certificate a peer showed last, and how TLS was agreed then. */
export interface SeenCertificate {
  /** The peer subject it matched, or its first name, in lower case. */
  readonly name: string;
  readonly pem: string;
  readonly version: string;
  readonly cipher: string;
  /** Milliseconds since 1970. */
  readonly seenAt: number;
}

const put = template<PeerCertificateRow>((value) => {
  const row = {
    pem: value("pem"),
    tls_version: value("tls_version"),
    cipher: value("cipher"),
    seen_at: value("seen_at"),
  };
  return queries
    .insertInto("peer_certificate")
    .values({ name: value("name"), ...row })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row));
});
const remove = template<Pick<PeerCertificateRow, "name">>((value) =>
  queries.deleteFrom("peer_certificate").where("name", "=", value("name")),
);

/** One row for each name that peers show. */
export class PeerCertificateTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Longest unseen first. */
  async load(): Promise<readonly SeenCertificate[]> {
    const rows = await this.#database.read(queries.selectFrom("peer_certificate").selectAll().orderBy("seen_at"));
    return rows.map(({ tls_version: version, seen_at: seenAt, ...row }) => ({
      ...row,
      version,
      seenAt: Number(seenAt),
    }));
  }

  /** Inserts or replaces. */
  put({ version, seenAt, ...seen }: SeenCertificate): void {
    this.#database.put([put({ ...seen, tls_version: version, seen_at: seenAt })]);
  }

  remove(name: string): void {
    this.#database.put([remove({ name })]);
  }
}
