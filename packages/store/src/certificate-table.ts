import type { Clock } from "@interpres/runtime";
import type { AuditEntry, AuditTable } from "./audit-table.ts";
import type { Database } from "./database.ts";
import { queries, statement } from "./queries.ts";
import type { AlongWith } from "./settings-store.ts";
import type { OwnCertificateRow, TrustCertificateRow } from "./tables.ts";
import type { Statement } from "./writer.ts";

/** A certificate of ours with its private key, PEM; `chainPem` starts with the certificate itself. */
export interface OwnCertificate {
  readonly chainPem: string;
  readonly keyPem: string;
  /** Where it is read again from when it changes there; absent for one that was given as text. */
  readonly files?: CertificateFilePaths;
}

/** Absolute paths on the node. */
export interface CertificateFilePaths {
  readonly chainPath: string;
  readonly keyPath: string;
}

/** A certificate we trust, as a root or by itself. */
export interface TrustedCertificate {
  readonly id: string;
  readonly pem: string;
  readonly description: string;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
}

type Trusted = readonly TrustedCertificate[];

/** Certificates by purpose. */
export interface Replacement {
  readonly own: ReadonlyMap<string, OwnCertificate>;
  readonly previous: ReadonlyMap<string, OwnCertificate>;
}

interface CertificatePorts {
  readonly database: Database;
  readonly audit: AuditTable;
  readonly clock: Clock;
}

/** Certificates, kept in memory and written through: what a handshake needs is answered at once. */
export class CertificateTable {
  readonly #database: Database;
  readonly #audit: AuditTable;
  readonly #clock: Clock;
  readonly #own: Map<string, OwnCertificate>;
  #trusted: readonly TrustedCertificate[];
  readonly #listeners = new Set<() => void>();

  /** Made by `openCertificates`. */
  constructor(ports: CertificatePorts, own: Map<string, OwnCertificate>, trusted: readonly TrustedCertificate[]) {
    this.#database = ports.database;
    this.#audit = ports.audit;
    this.#clock = ports.clock;
    this.#own = own;
    this.#trusted = trusted;
  }

  /** Undefined while none was stored for the purpose. */
  own(purpose: string): OwnCertificate | undefined {
    return this.#own.get(purpose);
  }

  trusted(): readonly TrustedCertificate[] {
    return this.#trusted;
  }

  /** Told after a change is on the disk. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What can be restored for the purpose. */
  previous(purpose: string): OwnCertificate | undefined {
    return this.#own.get(previousOf(purpose));
  }

  /** Sets the certificate of a purpose; a pending signing request of that purpose is done. */
  async putOwn(purpose: string, certificate: OwnCertificate, audit: AuditEntry): Promise<void> {
    const done = queries.deleteFrom("certificate_request").where("purpose", "=", purpose);
    await this.#database.write([this.#put(purpose, certificate), statement(done), this.#audit.entry(audit)]);
    this.#own.set(purpose, certificate);
    this.#tell();
  }

  /** Replaces certificates along with another change, and sets what `previous` shall answer. */
  replacement(certificates: Replacement): AlongWith {
    const before = [...certificates.previous].map(
      ([purpose, certificate]) => [previousOf(purpose), certificate] as const,
    );
    const rows = new Map([...certificates.own, ...before]);
    const written = (): void => {
      for (const [purpose, certificate] of rows) this.#own.set(purpose, certificate);
      this.#tell();
    };
    return { statements: [...rows].map(([purpose, certificate]) => this.#put(purpose, certificate)), written };
  }

  /** Exchanges the certificate of a purpose and the one before it; false where there is none before it. */
  async restore(purpose: string, audit: AuditEntry): Promise<boolean> {
    const [own, before] = [this.own(purpose), this.previous(purpose)];
    if (own === undefined || before === undefined) return false;
    const exchanged = { own: new Map([[purpose, before]]), previous: new Map([[purpose, own]]) };
    const { statements, written } = this.replacement(exchanged);
    await this.#database.write([...statements, this.#audit.entry(audit)]);
    written();
    return true;
  }

  /** Adds a trusted certificate; the same id again changes its description only. */
  async addTrusted(certificate: Omit<TrustedCertificate, "addedAt">, audit: AuditEntry): Promise<void> {
    const complete = { ...certificate, addedAt: this.#clock.now() };
    const { id, description } = certificate;
    await this.#change(putTrusted(complete), audit, (trusted) => {
      const known = trusted.find((each) => each.id === id);
      return [...without(trusted, id), known === undefined ? complete : { ...known, description }];
    });
  }

  async removeTrusted(id: string, audit: AuditEntry): Promise<void> {
    await this.#change(removeTrusted(id), audit, (trusted) => without(trusted, id));
  }

  /** Makes these the trusted certificates, in the transaction of somebody else's change; who was trusted before keeps its time. */
  trustedChange(wanted: readonly Omit<TrustedCertificate, "addedAt">[]): AlongWith {
    const known = new Map(this.#trusted.map((certificate) => [certificate.id, certificate]));
    const next = wanted.map((each) => ({ ...each, addedAt: known.get(each.id)?.addedAt ?? this.#clock.now() }));
    const kept = new Set(wanted.map(({ id }) => id));
    const gone = [...known.keys()].filter((id) => !kept.has(id));
    const written = (): void => {
      // What somebody else added meanwhile stays.
      const others = this.#trusted.filter(({ id }) => !kept.has(id) && !gone.includes(id));
      this.#trusted = [...next, ...others];
      this.#tell();
    };
    return { statements: [...gone.map(removeTrusted), ...next.map(putTrusted)], written };
  }

  /** Keeps the key of a signing request until its certificate comes; a newer request replaces it. */
  putRequest(purpose: string, keyPem: string, audit: AuditEntry): Promise<void> {
    const values = { key_pem: keyPem, created_at: this.#clock.now() };
    const put = queries
      .insertInto("certificate_request")
      .values({ purpose, ...values })
      .onConflict((conflict) => conflict.column("purpose").doUpdateSet(values));
    return this.#database.write([statement(put), this.#audit.entry(audit)]);
  }

  /** The key of the pending signing request, PEM. */
  async requestKey(purpose: string): Promise<string | undefined> {
    const query = queries.selectFrom("certificate_request").select("key_pem").where("purpose", "=", purpose);
    const [row] = await this.#database.read(query);
    return row?.key_pem;
  }

  #put(purpose: string, { chainPem, keyPem, files }: OwnCertificate): Statement {
    const paths = { chain_path: files?.chainPath ?? null, key_path: files?.keyPath ?? null };
    const values = { chain_pem: chainPem, key_pem: keyPem, updated_at: this.#clock.now(), ...paths };
    return statement(
      queries
        .insertInto("own_certificate")
        .values({ purpose, ...values })
        .onConflict((conflict) => conflict.column("purpose").doUpdateSet(values)),
    );
  }

  /** `edit` gets what is trusted once the change is written: others may have come and gone meanwhile. */
  async #change(change: Statement, audit: AuditEntry, edit: (trusted: Trusted) => Trusted): Promise<void> {
    await this.#database.write([change, this.#audit.entry(audit)]);
    this.#trusted = edit(this.#trusted);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Where the certificate before the present one is kept. */
function previousOf(purpose: string): string {
  return `previous:${purpose}`;
}

function putTrusted({ id, pem, description, addedAt }: TrustedCertificate): Statement {
  return statement(
    queries
      .insertInto("trust_certificate")
      .values({ id, pem, description, added_at: addedAt })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ description })),
  );
}

function without(trusted: Trusted, id: string): Trusted {
  return trusted.filter((each) => each.id !== id);
}

function removeTrusted(id: string): Statement {
  return statement(queries.deleteFrom("trust_certificate").where("id", "=", id));
}

/** Reads all certificates into memory. */
export async function openCertificates(ports: CertificatePorts): Promise<CertificateTable> {
  const own = await ports.database.read(queries.selectFrom("own_certificate").selectAll());
  const trusted = await ports.database.read(queries.selectFrom("trust_certificate").selectAll().orderBy("added_at"));
  return new CertificateTable(ports, new Map(own.map(ownOf)), trusted.map(trustedOf));
}

function ownOf(row: OwnCertificateRow): readonly [string, OwnCertificate] {
  const { purpose, chain_pem: chainPem, key_pem: keyPem, chain_path: chainPath, key_path: keyPath } = row;
  const files = chainPath === null || keyPath === null ? {} : { files: { chainPath, keyPath } };
  return [purpose, { chainPem, keyPem, ...files }];
}

function trustedOf(row: TrustCertificateRow): TrustedCertificate {
  return { id: row.id, pem: row.pem, description: row.description, addedAt: row.added_at };
}
