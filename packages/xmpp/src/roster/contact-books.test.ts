import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentLogger } from "@interpres/runtime";
import { FakeClock } from "@interpres/testkit";
import type { ContactBook } from "./contact-book.ts";
import { ContactBooks } from "./contact-books.ts";
import type { RosterChange, RosterRepository, StoredRoster } from "./roster-repository.ts";

const DRAFT = { kind: "item", state: "none", approval: "not-approved", groups: [] } as const;

class Rosters implements RosterRepository {
  readonly loads: string[] = [];
  readonly saves: RosterChange[] = [];
  stored: StoredRoster | undefined;
  answer: (user: string) => Promise<StoredRoster | undefined> = async () => this.stored;
  save = async (_user: string, change: RosterChange): Promise<void> => {
    this.saves.push(change);
  };

  load(user: string): Promise<StoredRoster | undefined> {
    this.loads.push(user);
    return this.answer(user);
  }

  async removeAll(): Promise<void> {
    return;
  }
}

function books(limit = 10): { readonly rosters: Rosters; readonly books: ContactBooks } {
  const rosters = new Rosters();
  const blocks = { load: async () => [], add: done, remove: done, removeAll: done };
  const outsiders = { load: async () => [], put: done, remove: done, removeAll: done };
  const services = { clock: new FakeClock(), log: silentLogger };
  return { rosters, books: new ContactBooks({ rosters, blocks, outsiders, ...services, limit }) };
}

function unexpected(error: unknown): void {
  throw error;
}

async function done(): Promise<void> {
  return;
}

function open(all: ContactBooks, user: string): Promise<ContactBook> {
  return new Promise((resolve, reject) => all.read(user, resolve, reject));
}

describe("contact books", () => {
  test("a book is loaded once, its readers are served in order, later ones at once", async () => {
    const { rosters, books: all } = books();
    const served: number[] = [];
    for (const n of [1, 2, 3]) all.read("a@x", () => served.push(n), unexpected);
    assert.equal(served.length, 0);
    await open(all, "a@x");
    all.read("a@x", () => served.push(4), unexpected);
    assert.deepEqual(served, [1, 2, 3, 4]);
    assert.deepEqual(rosters.loads, ["a@x"]);
  });

  test("a failed load tells every reader and is tried again", async () => {
    const { rosters, books: all } = books();
    rosters.answer = () => Promise.reject(new Error("no disk"));
    const results = await Promise.allSettled([open(all, "a@x"), open(all, "a@x")]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    rosters.answer = async () => undefined;
    await open(all, "a@x");
  });

  test("readers that wait for one book are bounded", async () => {
    const { books: all } = books();
    let refused = 0;
    for (let n = 0; n < 1005; n += 1)
      all.read(
        "a@x",
        () => undefined,
        () => (refused += 1),
      );
    assert.equal(refused, 5);
    await open(all, "b@x");
  });

  test("beyond the limit the book longest unread goes; a pinned one stays until unpinned", async () => {
    const { rosters, books: all } = books(2);
    all.pin("p@x");
    for (const user of ["p@x", "a@x", "b@x"]) await open(all, user);
    await open(all, "a@x");
    await open(all, "c@x");
    assert.deepEqual(
      ["p@x", "a@x", "b@x", "c@x"].map((user) => all.loaded(user) !== undefined),
      [true, true, false, true],
    );
    all.unpin("p@x");
    for (const user of ["d@x", "e@x"]) await open(all, user);
    assert.equal(all.loaded("p@x"), undefined);
    assert.equal(rosters.loads.filter((user) => user === "p@x").length, 1);
  });

  test("a book pinned twice needs two unpins", async () => {
    const { books: all } = books(0);
    all.pin("p@x");
    all.pin("p@x");
    await open(all, "p@x");
    all.unpin("p@x");
    assert.ok(all.loaded("p@x") !== undefined);
    all.unpin("p@x");
    assert.equal(all.loaded("p@x"), undefined);
  });

  test("a book with a write on its way is not dropped", async () => {
    const { rosters, books: all } = books(1);
    let written: () => void = () => undefined;
    rosters.save = () => new Promise((resolve) => (written = resolve));
    const book = await open(all, "a@x");
    const { durable } = book.put({ ...DRAFT, jid: "b@x" });
    await open(all, "c@x");
    assert.equal(all.loaded("a@x"), book);
    written();
    await durable;
  });
});

describe("contact book", () => {
  test("removed items are remembered up to a bound; an older version then gets the whole roster", async () => {
    const { rosters, books: all } = books();
    const book = await open(all, "a@x");
    const first = book.version;
    for (let n = 0; n < 70; n += 1) {
      await book.put({ ...DRAFT, jid: `c${n}@x` }).durable;
      await book.put({ ...DRAFT, jid: `c${n}@x`, kind: "gone" }).durable;
    }
    assert.equal(book.count("gone"), 64);
    assert.equal(book.changedSince(first), undefined);
    assert.equal(book.changedSince(book.version)?.length, 0);
    assert.deepEqual(
      rosters.saves.flatMap(({ drop }) => drop),
      ["c0@x", "c1@x", "c2@x", "c3@x", "c4@x", "c5@x"],
    );
    const floor = rosters.saves.at(-1)?.floor ?? 0;
    assert.equal(book.changedSince(String(floor))?.length, 64);
    assert.equal(book.changedSince(String(floor - 1)), undefined);
  });

  test("a change that could not be written leaves a later one alone", async () => {
    const { rosters, books: all } = books();
    const book = await open(all, "a@x");
    rosters.save = () => Promise.reject(new Error("no disk"));
    const failing = book.put({ ...DRAFT, jid: "b@x", name: "lost" }).durable;
    rosters.save = done;
    const kept = book.put({ ...DRAFT, jid: "b@x", name: "kept" }).durable;
    await assert.rejects(failing);
    await kept;
    assert.equal(book.entry("b@x")?.name, "kept");
  });

  test("what changes nothing is not written", async () => {
    const { rosters, books: all } = books();
    const book = await open(all, "a@x");
    await book.put({ ...DRAFT, jid: "b@x" }).durable;
    await book.put({ ...DRAFT, jid: "b@x" }).durable;
    await book.put({ ...DRAFT, jid: "c@x", kind: "gone" }).durable;
    assert.equal(rosters.saves.length, 1);
  });

  test("a name taken away is a change", async () => {
    const { rosters, books: all } = books();
    const book = await open(all, "a@x");
    await book.put({ ...DRAFT, jid: "b@x", name: "B" }).durable;
    const { visibility } = book.put({ ...DRAFT, jid: "b@x" });
    assert.equal(visibility, "push");
    assert.equal(rosters.saves.length, 2);
    assert.equal(book.entry("b@x")?.name, undefined);
  });
});
