import assert from "node:assert/strict";
import { test } from "node:test";
import { durationText, momentText } from "./moment.ts";

test("a duration is told in days and a clock", () => {
  assert.equal(durationText(2 * 86_400 + 3 * 3600 + 14 * 60 + 7), "2 d 03:14:07");
  assert.equal(durationText(59), "0 d 00:00:59");
});

test("what has not happened yet has a dash", () => assert.equal(momentText(null), "–"));
