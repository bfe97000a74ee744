import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import type { Passage } from "@interpres/federation";
import { FakeClock } from "@interpres/testkit";
import { hoursOf, PASSAGE_HOUR_MS, type Store } from "../src/index.ts";
import { openTestStore, type TestShapes, temporaryDirectory } from "./temporary-store.ts";

const HOUR = PASSAGE_HOUR_MS;

function passage(domain: string, rule: string | null, count = 1): Passage {
  return { facts: { kind: "outbound-request", domain, uri: `sip:bob@${domain}` }, rule, count };
}

describe("counts of what was decided on traffic", () => {
  const directory = temporaryDirectory();
  const clock = new FakeClock();
  let store: Store<TestShapes>;
  let counted: Passage[] = [];
  before(async () => {
    store = await openTestStore(directory.path, clock);
    store.passages.collect(() => counted.splice(0));
  });
  after(async () => {
    await store.close();
    directory.remove();
  });

  const all = (from: number, to: number) => store.passages.page(hoursOf({ from, to }), undefined, 100);

  test("add up within an hour and over the hours asked for, refusals apart", async () => {
    const start = clock.now();
    counted = [passage("a.example", null, 2), passage("a.example", "no-route")];
    clock.advance(10_000);
    counted = [passage("a.example", null, 3)];
    clock.advance(HOUR);
    counted = [passage("a.example", null, 4), passage("b.example", null)];
    const now = clock.now();
    const { size, firstHour } = await store.passages.extent(hoursOf({ from: start, to: now }));
    assert.deepEqual([size, firstHour], [3, Math.floor(start / HOUR)]);
    const expected = [passage("a.example", null, 9), passage("a.example", "no-route"), passage("b.example", null)];
    assert.deepEqual(await all(start, now), expected);
    assert.deepEqual(await all(now, now), [passage("a.example", null, 4), passage("b.example", null)]);
  });

  test("come in pages, each pair of facts and rule once", async () => {
    const range = hoursOf({ from: clock.now() - HOUR, to: clock.now() });
    const first = await store.passages.page(range, undefined, 1);
    const second = await store.passages.page(range, first.at(-1), 1);
    const third = await store.passages.page(range, second.at(-1), 2);
    assert.deepEqual(
      [...first, ...second, ...third].map(({ facts, rule }) => `${"domain" in facts ? facts.domain : ""} ${rule}`),
      ["a.example null", "a.example no-route", "b.example null"],
    );
    assert.deepEqual(await store.passages.page(range, third.at(-1), 1), []);
  });

  test("are read in the order of their key: no page sorts the whole range", async (context) => {
    const prepare = context.mock.method(DatabaseSync.prototype, "prepare");
    const own = temporaryDirectory();
    const fresh = await openTestStore(own.path, clock);
    const range = hoursOf({ from: 0, to: clock.now() });
    await fresh.passages.extent(range);
    await fresh.passages.page(range, passage("a.example", null), 1);
    const reads = prepare.mock.calls.map(({ arguments: [text] }) => text).filter((text) => /from "passage"/.test(text));
    await fresh.close();
    const database = new DatabaseSync(join(own.path, "interpres.db"), { readOnly: true });
    const steps = reads.flatMap((text) => {
      const places = Array.from(text.matchAll(/\?/g), () => 0);
      return database.prepare(`explain query plan ${text}`).all(...places);
    });
    database.close();
    own.remove();
    assert.equal(reads.length, 3);
    assert.doesNotMatch(JSON.stringify(steps), /TEMP B-TREE/);
  });

  test("are kept seven days", async () => {
    const start = clock.now();
    clock.advance(6 * 24 * HOUR);
    assert.equal((await all(start, start)).length, 2);
    clock.advance(2 * 24 * HOUR);
    counted = [passage("c.example", null)];
    await store.passages.extent(hoursOf({ from: 0, to: 0 }));
    assert.deepEqual(await all(start, start), []);
  });

  test("of the last seconds are there after a stop", async () => {
    counted = [passage("d.example", null)];
    const now = clock.now();
    await store.close();
    store = await openTestStore(directory.path, clock);
    assert.ok((await all(now, now)).some(({ facts }) => "domain" in facts && facts.domain === "d.example"));
  });
});
