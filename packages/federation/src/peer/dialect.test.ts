import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dialects } from "./dialect.ts";

const UNKNOWN_PARTNER_PER_SECOND = 20;

describe("dialects", () => {
  for (const name of ["microsoft", "aol"] as const) {
    test(`${name}: a full bucket and a second's refill stay under what the peer takes from a stranger`, () => {
      const { burst, ratePerSecond } = dialects[name];
      assert.ok(burst + ratePerSecond < UNKNOWN_PARTNER_PER_SECOND);
    });
  }
});
