import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dialects } from "./dialect.ts";

const UNKNOWN_PARTNER_PER_SECOND = 20;

describe("dialects", () => {
  for (const name of ["microsoft", "aol"] as const) {
    test(`${name}: the rate of any second stays under what the peer takes from a stranger`, () => {
      const { ratePerSecond } = dialects[name];
      assert.ok(ratePerSecond < UNKNOWN_PARTNER_PER_SECOND);
    });
  }
});
