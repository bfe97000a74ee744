import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Tally } from "./tally.ts";

describe("bounds of what is alive", () => {
  test("one cannot take everybody's room, and all together no more than there is", () => {
    const tally = new Tally({ maximum: 3, maximumOfOne: 2 });
    const enter = (...keys: readonly string[]) => keys.map((key) => tally.enter(key));
    assert.deepEqual(enter("a", "a", "a", "b", "c"), ["entered", "entered", "full", "entered", "full"]);
    tally.leave("a");
    assert.deepEqual(enter("c", "a"), ["entered", "full"]);
    for (const key of ["a", "b", "c"]) tally.leave(key);
    assert.equal(tally.total, 0);
    assert.deepEqual(enter("a", "a", "b"), ["entered", "entered", "entered"]);
  });

  test("what must be counted is counted, over the bounds too", () => {
    const tally = new Tally({ maximum: 1, maximumOfOne: 1 });
    tally.add("a");
    tally.add("a");
    assert.deepEqual([tally.total, tally.of("a"), tally.hasRoomFor("b")], [2, 2, false]);
  });

  test("the wait for room follows from how fast things leave, within a second and a minute", () => {
    const tally = new Tally({ maximum: 1000, maximumOfOne: 100 });
    const waits: number[] = [];
    const leaving = (perSecond: number, second: number): void => {
      for (let count = 0; count < perSecond; count += 1) {
        tally.add("a");
        tally.leave("a");
      }
      waits.push(tally.secondsUntilRoom(second * 1000));
    };
    for (const [index, perSecond] of [0, 5, 2, 1000, 0].entries()) leaving(perSecond, index);
    assert.deepEqual(waits, [60, 2, 5, 1, 60]);
  });

  test("asked again within the second it says the same", () => {
    const tally = new Tally({ maximum: 10, maximumOfOne: 10 });
    tally.secondsUntilRoom(0);
    tally.add("a");
    tally.leave("a");
    assert.deepEqual([tally.secondsUntilRoom(999), tally.secondsUntilRoom(1000)], [60, 1]);
  });
});
