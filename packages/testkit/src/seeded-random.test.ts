import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "./seeded-random.ts";

describe("seeded random", () => {
  test("the same seed repeats, another differs", () => {
    const draw = (seed: number): string => new SeededRandom(seed).token();
    assert.equal(draw(7), draw(7));
    assert.notEqual(draw(7), draw(8));
    assert.match(draw(7), /^[A-Za-z0-9]{22}$/);
  });

  test("below stays in range and reaches every value", () => {
    const random = new SeededRandom(3);
    const seen = new Set(Array.from({ length: 500 }, () => random.below(10)));
    assert.deepEqual(
      [...seen].sort((left, right) => left - right),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });
});
