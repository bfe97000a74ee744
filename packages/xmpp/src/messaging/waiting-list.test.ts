import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeClock } from "@interpres/testkit";
import { WaitingList } from "./waiting-list.ts";

function waiter(name: string, expired: string[]): { expired(): void } {
  return { expired: () => expired.push(name) };
}

describe("waiting list", () => {
  test("expires each entry at its own time, behind one timer", () => {
    const [clock, expired] = [new FakeClock(), [] as string[]];
    const list = new WaitingList(clock);
    list.enter(waiter("a", expired), 1000);
    clock.advance(400);
    list.enter(waiter("b", expired), 1000);
    assert.equal(clock.pendingTimers, 1);
    clock.advance(600);
    assert.deepEqual(expired, ["a"]);
    clock.advance(399);
    assert.deepEqual(expired, ["a"]);
    clock.advance(1);
    assert.deepEqual(expired, ["a", "b"]);
    assert.equal(clock.pendingTimers, 0);
  });

  test("who left is not called; leaving twice does no harm", () => {
    const [clock, expired] = [new FakeClock(), [] as string[]];
    const list = new WaitingList(clock);
    const [a, b] = [list.enter(waiter("a", expired), 1000), list.enter(waiter("b", expired), 1000)];
    list.enter(waiter("c", expired), 1000);
    b.leave();
    b.leave();
    clock.advance(1000);
    assert.deepEqual(expired, ["a", "c"]);
    a.leave();
  });

  test("works again after it was empty", () => {
    const [clock, expired] = [new FakeClock(), [] as string[]];
    const list = new WaitingList(clock);
    list.enter(waiter("a", expired), 10).leave();
    clock.advance(100);
    list.enter(waiter("b", expired), 10);
    clock.advance(10);
    assert.deepEqual(expired, ["b"]);
  });

  test("stopped, it leaves no timer", () => {
    const clock = new FakeClock();
    const list = new WaitingList(clock);
    list.enter(waiter("a", []), 1000);
    list.stop();
    assert.equal(clock.pendingTimers, 0);
  });
});
