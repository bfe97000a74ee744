import type { Clock, Logger } from "@interpres/runtime";
import type { AuditEntry, AuditTable } from "./audit-table.ts";
import type { Database } from "./database.ts";
import { queries, statement } from "./queries.ts";
import { StoreError } from "./store-error.ts";
import type { Statement } from "./writer.ts";

/** One immutable version of the settings. */
export interface Snapshot<Document> {
  /** 1 for the first; each change adds one. */
  readonly version: number;
  readonly document: Document;
}

/** What an edit makes of a document, and what the audit says of it. */
export interface SettingsEdit<Document> {
  readonly document: Document;
  readonly audit: Omit<AuditEntry, "actor">;
  /** Rows of other tables that belong to the same change. */
  readonly along?: AlongWith;
}

/** Rows for the transaction of somebody else's change, and what to do in memory once they are on the disk. */
export interface AlongWith {
  readonly statements: readonly Statement[];
  readonly written: () => void;
}

export interface SettingsSchema<Document> {
  /** The first version of a new database. */
  initial(): Document;
  /** Narrows what was read back; throws when an old document cannot be understood. */
  parse(json: unknown): Document;
}

export type SettingsListener<Document> = (next: Snapshot<Document>, previous: Snapshot<Document>) => void;

/** Older versions live on in the audit only. */
const KEPT_VERSIONS = 200;

/** The settings of the whole node as numbered versions; the current one is in memory. */
export class SettingsStore<Document> {
  readonly #database: Database;
  readonly #audit: AuditTable;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #schema: SettingsSchema<Document>;
  readonly #listeners = new Set<SettingsListener<Document>>();
  #current: Snapshot<Document>;
  #lastChange: Promise<unknown> = Promise.resolve();

  /** Made by `openSettings`. */
  constructor(ports: SettingsPorts, schema: SettingsSchema<Document>, current: Snapshot<Document>) {
    this.#schema = schema;
    this.#database = ports.database;
    this.#audit = ports.audit;
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#current = current;
  }

  current(): Snapshot<Document> {
    return this.#current;
  }

  /** The document of an earlier version; undefined for one that is not kept any more, or not there yet. Rejects when it is damaged. */
  async at(version: number): Promise<Document | undefined> {
    if (version === this.#current.version) return this.#current.document;
    const query = queries.selectFrom("settings_version").selectAll().where("version", "=", version);
    const [row] = await this.#database.read(query);
    return row === undefined ? undefined : parsed(row, this.#schema);
  }

  /** Told after each change is on the disk, in order. Returns what ends it. */
  onChange(listener: SettingsListener<Document>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Makes the next version: `edit` sees the result of every change asked for before, and what it throws refuses this
   * change and nothing else. An edit that returns the document it was given writes nothing. Resolves when the version
   * and its audit row are on the disk and the listeners were told.
   */
  change(actor: string, edit: (document: Document) => SettingsEdit<Document>): Promise<Snapshot<Document>> {
    const change = this.#lastChange.then(() => this.#apply(actor, edit));
    this.#lastChange = change.catch(() => undefined);
    return change;
  }

  async #apply(actor: string, edit: (document: Document) => SettingsEdit<Document>): Promise<Snapshot<Document>> {
    const previous = this.#current;
    const { document, audit, along } = edit(previous.document);
    if (document === previous.document) return previous;
    const next = { version: previous.version + 1, document };
    await this.#database.write([
      insertVersion(next, actor, this.#clock.now()),
      forgetVersions(next.version - KEPT_VERSIONS),
      this.#audit.entry({ ...audit, actor }),
      ...(along?.statements ?? []),
    ]);
    this.#current = next;
    along?.written();
    this.#tell(next, previous);
    return next;
  }

  #tell(next: Snapshot<Document>, previous: Snapshot<Document>): void {
    for (const listener of this.#listeners) {
      try {
        listener(next, previous);
      } catch (error) {
        // The version is on the disk and current: the other listeners must hear of it all the same.
        this.#log.error("settings.listener-failed", { version: next.version, reason: String(error) });
      }
    }
  }
}

export interface SettingsPorts {
  readonly database: Database;
  readonly audit: AuditTable;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Reads the newest version, or writes the first. Throws `StoreError` when the newest cannot be understood. */
export async function openSettings<Document>(
  ports: SettingsPorts,
  schema: SettingsSchema<Document>,
): Promise<SettingsStore<Document>> {
  const newest = queries.selectFrom("settings_version").selectAll().orderBy("version", "desc").limit(1);
  const [row] = await ports.database.read(newest);
  if (row !== undefined)
    return new SettingsStore(ports, schema, { version: row.version, document: parsed(row, schema) });
  const first = { version: 1, document: schema.initial() };
  await ports.database.write([insertVersion(first, "system", ports.clock.now())]);
  return new SettingsStore(ports, schema, first);
}

function parsed<Document>(
  row: { readonly version: number; readonly document: string },
  schema: SettingsSchema<Document>,
): Document {
  try {
    return schema.parse(JSON.parse(row.document));
  } catch (error) {
    throw new StoreError("damaged", `settings version ${row.version} cannot be read: ${String(error)}`, {
      cause: error,
    });
  }
}

function insertVersion(snapshot: Snapshot<unknown>, actor: string, now: number): Statement {
  return statement(
    queries.insertInto("settings_version").values({
      version: snapshot.version,
      document: JSON.stringify(snapshot.document),
      actor,
      created_at: now,
    }),
  );
}

function forgetVersions(upTo: number): Statement {
  return statement(queries.deleteFrom("settings_version").where("version", "<=", upTo));
}
