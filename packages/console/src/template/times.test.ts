import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shortTime } from "./times.ts";

describe("a moment in a narrow place", () => {
  const now = Date.parse("2026-11-27T12:00:00Z");
  const rows = [
    ["the time where it was today", "2026-11-26T12:00:01Z", /^\d\d:\d\d:\d\d$/],
    ["the time where it is soon", "2026-11-28T11:59:59Z", /^\d\d:\d\d:\d\d$/],
    ["the day where it was longer ago", "2026-11-20T12:00:00Z", /^20 Nov 2026$/],
    ["the day where it is further off", "2026-12-04T12:00:00Z", /^4 Dec 2026$/],
  ] as const;
  for (const [says, instant, shown] of rows) test(`is ${says}`, () => assert.match(shortTime(instant, now), shown));
});
