import assert from "node:assert/strict";
import { test } from "node:test";
import { randomPassword } from "./random-password.ts";

test("a password is all that chance gives, in twenty characters that need no quoting", () => {
  const randomOctets = (length: number): Uint8Array => new Uint8Array(length).fill(0xfb);
  assert.equal(randomPassword({ randomOctets }), "-_v7-_v7-_v7-_v7-_v7");
});
