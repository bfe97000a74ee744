import { DatabaseSync } from "node:sqlite";

/** How long a connection waits for a checkpoint or a reader's snapshot, milliseconds. */
const BUSY_TIMEOUT_MS = 5000;

/** The writing connection: WAL, and every commit on the disk before it is acknowledged. */
export function openWriteConnection(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  return database;
}

/** A connection that sees each commit and never waits for one. */
export function openReadConnection(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
}
