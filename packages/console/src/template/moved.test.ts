import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { moved } from "./moved.ts";

describe("moving in a list whose order counts", () => {
  const ROWS = [
    [["c"], -1, "acbd"],
    [["a"], -1, "abcd"],
    [["a", "b"], -1, "abcd"],
    [["b", "c"], -1, "bcad"],
    [["b", "d"], -1, "badc"],
    [["b"], 1, "acbd"],
    [["d"], 1, "abcd"],
    [["a", "b"], 1, "cabd"],
    [["z"], 1, "abcd"],
  ] as const;
  for (const [marked, by, expected] of ROWS)
    test(`${marked.join(" and ")} ${by === 1 ? "down" : "up"} makes abcd ${expected}`, () => {
      assert.equal(moved(["a", "b", "c", "d"], marked, by).join(""), expected);
    });
});
