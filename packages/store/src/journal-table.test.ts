import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeClock } from "@interpres/testkit";
import { JournalTable } from "./journal-table.ts";
import type { Statement } from "./writer.ts";

/** A journal over a database that only writes down what it was given: `insert a`, `delete ["a"]`. */
function journalOver() {
  const clock = new FakeClock();
  const given: string[] = [];
  const put = ([statement]: readonly Statement[]): void => {
    given.push(`${statement?.sql.split(" ")[0]} ${statement?.parameters[0]}`);
  };
  const database = { put, read: async () => [] };
  let position = 0;
  const sequence = { next: () => ++position };
  return { journal: new JournalTable({ database, sequence, clock }), clock, given };
}

describe("removals from the outbound journal", () => {
  test("go along with the next entry, before it", () => {
    const { journal, given } = journalOver();
    journal.remove("a");
    journal.remove("b");
    assert.deepEqual(given, []);
    journal.append({ id: "c" }, () => undefined);
    assert.deepEqual(given, ['delete ["a","b"]', "insert c"]);
  });

  test("go alone after fifty milliseconds, once", () => {
    const { journal, clock, given } = journalOver();
    journal.remove("a");
    clock.advance(49);
    assert.deepEqual(given, []);
    clock.advance(1);
    clock.advance(1000);
    assert.deepEqual(given, ['delete ["a"]']);
  });

  test("go before the journal is read, and before the store closes", async () => {
    const { journal, given } = journalOver();
    journal.remove("a");
    await journal.load();
    assert.deepEqual(given, ['delete ["a"]']);
    journal.remove("b");
    journal.stop();
    assert.deepEqual(given, ['delete ["a"]', 'delete ["b"]']);
  });
});
