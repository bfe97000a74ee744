import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SrvRecord } from "@interpres/runtime";
import { SeededRandom } from "@interpres/testkit";
import { offersNothing, orderServiceRecords } from "./srv-order.ts";

const record = (target: string, priority: number, weight: number, port = 5061): SrvRecord => ({
  target,
  priority,
  weight,
  port,
});
const targets = (records: readonly SrvRecord[]): readonly string[] => records.map(({ target }) => target);

describe("order of SRV records (RFC 2782)", () => {
  test("the lower priority comes first, each record once", () => {
    const random = new SeededRandom(1);
    const records = [record("c", 20, 0), record("a", 10, 0), record("b", 15, 5)];
    assert.deepEqual(targets(orderServiceRecords(records, random)), ["a", "b", "c"]);
  });

  test("within a priority, weights decide how often a record is first", () => {
    const random = new SeededRandom(42);
    const records = [record("zero", 1, 0), record("one", 1, 1), record("three", 1, 3)];
    const firsts = new Map<string, number>();
    for (let round = 0; round < 5000; round += 1) {
      const [first] = targets(orderServiceRecords(records, random));
      firsts.set(first ?? "", (firsts.get(first ?? "") ?? 0) + 1);
    }
    // Five values, 0 to 4: one for "zero", one for "one", three for "three".
    assert.ok(Math.abs((firsts.get("three") ?? 0) - 3000) < 150, `three: ${firsts.get("three")}`);
    assert.ok(Math.abs((firsts.get("one") ?? 0) - 1000) < 120, `one: ${firsts.get("one")}`);
    assert.ok(Math.abs((firsts.get("zero") ?? 0) - 1000) < 120, `zero: ${firsts.get("zero")}`);
  });

  test("leaves out records that offer nothing", () => {
    const records = [record("", 1, 0, 0), record("no-port", 1, 0, 0), record("a", 2, 0)];
    assert.deepEqual(targets(orderServiceRecords(records, new SeededRandom())), ["a"]);
    assert.equal(offersNothing([record("", 0, 0, 0)]), true);
    assert.equal(offersNothing(records), false);
  });
});
