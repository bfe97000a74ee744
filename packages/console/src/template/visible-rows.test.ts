import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { visibleRows } from "./visible-rows.ts";

const view = { height: 360, rowHeight: 36, count: 10_000 };

describe("what of a long list is drawn", () => {
  test("the first rows at the top", () => {
    assert.deepEqual(visibleRows({ ...view, scrollTop: 0 }), { first: 0, last: 22 });
  });

  test("the rows around those that are seen in the middle", () => {
    assert.deepEqual(visibleRows({ ...view, scrollTop: 36_000 }), { first: 988, last: 1022 });
  });

  test("the last rows at the end, and none beyond", () => {
    assert.deepEqual(visibleRows({ ...view, scrollTop: 359_640 }), { first: 9978, last: 10_000 });
  });

  test("nothing of an empty list, and of one that has become shorter what is left", () => {
    assert.deepEqual(visibleRows({ ...view, count: 0, scrollTop: 0 }), { first: 0, last: 0 });
    assert.deepEqual(visibleRows({ ...view, count: 5, scrollTop: 36_000 }), { first: 0, last: 5 });
  });
});
