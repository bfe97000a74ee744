import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sideBySide } from "./side-by-side.ts";

describe("old and new side by side", () => {
  test("has each field of either side, with its path", () => {
    assert.deepEqual(sideBySide({ a: 1, b: { c: "x", d: [1] } }, { a: 2, b: { c: "x" }, e: null }), [
      { path: "a", before: "1", after: "2" },
      { path: "b.c", before: "x", after: "x" },
      { path: "b.d", before: "[1]", after: undefined },
      { path: "e", before: undefined, after: "null" },
    ]);
  });

  test("of something new has nothing old", () => {
    assert.deepEqual(sideBySide(undefined, { domain: "contoso.example" }), [
      { path: "domain", before: undefined, after: "contoso.example" },
    ]);
  });

  test("of nothing is empty", () => assert.deepEqual(sideBySide(undefined, undefined), []));
});
