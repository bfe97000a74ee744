import assert from "node:assert/strict";
import { test } from "node:test";
import { durationText, fieldMoment, momentOf, momentText } from "./moment.ts";

test("a duration is told in days and a clock", () => {
  assert.equal(durationText(2 * 86_400 + 3 * 3600 + 14 * 60 + 7), "2 d 03:14:07");
  assert.equal(durationText(59), "0 d 00:00:59");
});

test("what has not happened yet has a dash", () => assert.equal(momentText(null), "–"));

test("a field shows the minute of a moment in the reader's time zone, and gives it back", () => {
  assert.equal(momentOf(fieldMoment("2026-01-02T03:04:00.000Z")), "2026-01-02T03:04:00.000Z");
  assert.match(fieldMoment("2026-01-02T03:04:59.000Z"), /^\d{4}-\d{2}-\d{2}T\d{2}:04$/);
  assert.deepEqual([fieldMoment(null), fieldMoment("yesterday"), momentOf(fieldMoment(""))], ["", "", ""]);
});
