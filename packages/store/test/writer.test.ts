import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, test } from "node:test";
import { silentLogger } from "@interpres/runtime";
import { type Database, openDatabase } from "../src/database.ts";
import { queries, statement } from "../src/queries.ts";
import { StoreError } from "../src/store-error.ts";
import { temporaryDirectory } from "./temporary-store.ts";

const journalRow = (id: string, position = 1) =>
  statement(queries.insertInto("journal").values({ id, position, document: "{}" }));
const journalIds = queries.selectFrom("journal").select("id").orderBy("id");

function open(path: string): Promise<Database> {
  return openDatabase({ path, log: silentLogger, onDeath: (error) => assert.fail(error) });
}

describe("writer", () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let path: string;
  let database: Database | undefined;

  beforeEach(() => {
    directory = temporaryDirectory();
    path = join(directory.path, "interpres.db");
  });
  afterEach(async () => {
    await database?.close();
    database = undefined;
    directory.remove();
  });

  const ids = async () => (await database?.read(journalIds))?.map((row) => row.id);

  test("a failed statement fails its own write and no other of the batch", async () => {
    database = await open(path);
    const writes = [journalRow("a"), journalRow("a"), journalRow("b")];
    const results = await Promise.allSettled(writes.map((write) => database?.write([write])));
    assert.deepEqual(
      results.map((result) => result.status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(await ids(), ["a", "b"]);
  });

  test("names a taken key as a conflict", async () => {
    database = await open(path);
    await database.write([journalRow("a")]);
    await assert.rejects(database.write([journalRow("a")]), { code: "conflict" });
  });

  test("several statements hold together or not at all", async () => {
    database = await open(path);
    const together = database.write([journalRow("a"), journalRow("b"), journalRow("a")]);
    const other = database.write([journalRow("c")]);
    await assert.rejects(together, StoreError);
    await other;
    assert.deepEqual(await ids(), ["c"]);
  });

  test("what stands behind the failed statement of a unit is left out, and the units after it hold", async () => {
    database = await open(path);
    await database.write([journalRow("a")]);
    const failed = database.write([journalRow("b"), journalRow("a"), journalRow("c"), journalRow("d")]);
    const other = database.write([journalRow("e"), journalRow("f")]);
    await assert.rejects(failed, { code: "conflict" });
    await other;
    assert.deepEqual(await ids(), ["a", "e", "f"]);
  });

  test("settles writes in the order they were asked for", async () => {
    database = await open(path);
    const order: number[] = [];
    const writes = Array.from({ length: 50 }, (_, index) =>
      database?.write([journalRow(`id-${index}`)]).then(() => order.push(index)),
    );
    await Promise.all(writes);
    assert.deepEqual(
      order,
      Array.from({ length: 50 }, (_, index) => index),
    );
  });

  test("a read sees what was queued before it", async () => {
    database = await open(path);
    database.put([journalRow("a")]);
    assert.deepEqual(await ids(), ["a"]);
  });

  test("closing writes what is queued, refuses what comes later, and leaves one file", async () => {
    database = await open(path);
    const queued = database.write([journalRow("a")]);
    const closing = database.close();
    await assert.rejects(database.write([journalRow("b")]), { code: "closed" });
    await queued;
    await closing;
    assert.equal(statSync(`${path}-wal`, { throwIfNoEntry: false }), undefined);
    database = await open(path);
    assert.deepEqual(await ids(), ["a"]);
  });

  test("the file is for its owner's eyes only", async () => {
    database = await open(path);
    await database.write([journalRow("a")]);
    for (const file of [path, `${path}-wal`]) assert.equal(statSync(file).mode & 0o077, 0, file);
  });

  test("a second process is refused the file", async () => {
    database = await open(path);
    await assert.rejects(open(path), { code: "in-use" });
  });

  test("a file that is no database is refused by name", async () => {
    writeFileSync(path, "this is no database, however long one looks at it".repeat(100));
    await assert.rejects(open(path), (error: StoreError) => error.code === "damaged" && error.message.includes(path));
  });

  test("a file with broken pages is refused before anything is read from it", async () => {
    database = await open(path);
    const filler = "x".repeat(3000);
    for (let index = 0; index < 50; index += 1)
      await database.write([
        statement(queries.insertInto("journal").values({ id: `${index}`, position: index, document: filler })),
      ]);
    await database.close();
    const { size } = statSync(path);
    const { readFileSync } = await import("node:fs");
    const bytes = readFileSync(path);
    bytes.fill(0xa5, Math.floor(size / 2 / 4096) * 4096, Math.floor(size / 2 / 4096) * 4096 + 4096 * 3);
    writeFileSync(path, bytes);
    await assert.rejects(open(path), { code: "damaged" });
  });

  test("a file of a later release is refused and left alone", async () => {
    database = await open(path);
    await database.close();
    const direct = new DatabaseSync(path);
    direct.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-later', '2099-01-01')");
    direct.close();
    await assert.rejects(open(path), { code: "newer" });
  });
});
