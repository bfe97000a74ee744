import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Logger } from "@interpres/runtime";
import type { CompiledQuery } from "kysely";
import { openReadConnection, openWriteConnection } from "./connection.ts";
import { migrate } from "./migrate.ts";
import { codeOf, StoreError } from "./store-error.ts";
import { type Settled, type Statement, Writer } from "./writer.ts";
import type { ColumnValue } from "./writer-protocol.ts";

/** Query texts come from a closed set; this is only a fuse. */
const MAX_PREPARED = 256;

interface DatabaseParts {
  readonly writer: Writer;
  readonly reader: DatabaseSync;
  readonly lock: DatabaseSync;
  readonly log: Logger;
}

/** One SQLite file: writes through the writer thread, reads here on a connection of their own. */
export class Database {
  readonly #writer: Writer;
  readonly #reader: DatabaseSync;
  readonly #lock: DatabaseSync;
  readonly #log: Logger;
  readonly #prepared = new Map<string, StatementSync>();

  /** Made by `openDatabase`. */
  constructor(parts: DatabaseParts) {
    this.#writer = parts.writer;
    this.#reader = parts.reader;
    this.#lock = parts.lock;
    this.#log = parts.log;
  }

  /** `settled` is told when all the statements are on the disk, or none is. Order is kept. */
  enqueue(statements: readonly Statement[], settled: Settled): void {
    this.#writer.enqueue(statements, settled);
  }

  /** As `enqueue`; rejects with a `StoreError` when nothing was written. */
  write(statements: readonly Statement[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.enqueue(statements, (failure) => (failure === undefined ? resolve() : reject(failure)));
    });
  }

  /** As `enqueue`, for writers that only wait for success: `durable` is never told of a write that failed; the log is. */
  put(statements: readonly Statement[], durable?: () => void): void {
    this.enqueue(statements, (failure) => {
      if (failure === undefined) durable?.();
      else this.#log.error("store.write-failed", { code: failure.code, reason: failure.message });
    });
  }

  /** Rows as the query's type says. Sees every write queued before it; otherwise waits for nothing. */
  async read<Row>(query: { compile(): CompiledQuery<Row> }): Promise<readonly Row[]> {
    const { sql, parameters } = query.compile();
    if (!this.#writer.isSettled()) await this.write([]);
    return this.#statement(sql).all(...(parameters as readonly ColumnValue[])) as unknown as readonly Row[];
  }

  /** Writes what is queued and leaves the file without its write-ahead log. */
  async close(): Promise<void> {
    this.#prepared.clear();
    if (this.#reader.isOpen) this.#reader.close();
    await this.#writer.close();
    if (this.#lock.isOpen) this.#lock.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    if (this.#prepared.size >= MAX_PREPARED) this.#prepared.clear();
    const statement = this.#reader.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

export interface DatabaseSettings {
  readonly path: string;
  readonly log: Logger;
  /** Told when the writer thread ended by itself; nothing is written after that. */
  readonly onDeath: (error: StoreError) => void;
}

/**
 * Opens or creates the file (mode 0600: it holds keys), brings its schema up to date and starts the writer.
 * Throws `StoreError`: `in-use`, `damaged`, `newer`, `failed`.
 */
export async function openDatabase({ path, log, onDeath }: DatabaseSettings): Promise<Database> {
  const lock = lockFile(path);
  try {
    await prepareFile(path);
    const writer = await startWriter(path, onDeath);
    return new Database({ writer, reader: openReadConnection(path), lock, log });
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Holds an exclusive lock beside the file for as long as this process lives, however it ends. */
function lockFile(path: string): DatabaseSync {
  createPrivately(`${path}-lock`);
  const lock = new DatabaseSync(`${path}-lock`);
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    throw new StoreError("in-use", `${path} is in use by another Interpres process`, { cause: error });
  }
}

function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, "a", 0o600));
  } catch (error) {
    throw new StoreError("failed", `${path} cannot be written: ${String(error)}`, { cause: error });
  }
}

async function prepareFile(path: string): Promise<void> {
  createPrivately(path);
  let database: DatabaseSync | undefined;
  try {
    database = openWriteConnection(path);
    checkWhole(database, path);
    await migrate(database, path);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(codeOf(error), `${path} is not a usable database: ${String(error)}`, { cause: error });
  } finally {
    database?.close();
  }
}

/** Better no start than half a roster: pages are checked before anything is read from them. */
function checkWhole(database: DatabaseSync, path: string): void {
  const [finding] = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {});
  if (finding === "ok") return;
  throw new StoreError("damaged", `${path} is damaged (${String(finding)}): restore it from a backup`);
}

function startWriter(path: string, onDeath: (error: StoreError) => void): Promise<Writer> {
  return new Promise((resolve, reject) => {
    const writer: Writer = new Writer(
      path,
      (failure) => (failure === undefined ? resolve(writer) : reject(failure)),
      onDeath,
    );
  });
}
