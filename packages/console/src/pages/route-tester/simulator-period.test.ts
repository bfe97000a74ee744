import assert from "node:assert/strict";
import { test } from "node:test";
import { periodBefore } from "./simulator-period.ts";

const NOW = new Date(2026, 2, 5, 14, 30).getTime();

test("yesterday is the reader's day before, whole", () => {
  const { from, to } = periodBefore("yesterday", NOW);
  assert.equal(Date.parse(from), new Date(2026, 2, 4).getTime());
  assert.equal(Date.parse(to), new Date(2026, 2, 5).getTime() - 1);
});

test("a day and a week end now, the week within what is kept", () => {
  const day = periodBefore("day", NOW);
  assert.deepEqual([Date.parse(day.to) - Date.parse(day.from), Date.parse(day.to)], [24 * 3600 * 1000, NOW]);
  const week = periodBefore("week", NOW);
  assert.ok(NOW - Date.parse(week.from) < 7 * 24 * 3600 * 1000);
});
