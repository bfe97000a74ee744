import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeClock } from "./fake-clock.ts";

describe("fake clock", () => {
  test("fires in order of due time, equal ones in order of their start", () => {
    const clock = new FakeClock(0);
    const fired: string[] = [];
    clock.after(20, () => fired.push(`c@${clock.now()}`));
    clock.after(10, () => fired.push(`a@${clock.now()}`));
    clock.after(10, () => fired.push(`b@${clock.now()}`));
    clock.advance(19);
    assert.deepEqual(fired, ["a@10", "b@10"]);
    clock.advance(1);
    assert.deepEqual(fired, ["a@10", "b@10", "c@20"]);
    assert.equal(clock.now(), 20);
  });

  test("a cancelled timer does not fire, also when cancelled by one of the same instant", () => {
    const clock = new FakeClock(0);
    const fired: string[] = [];
    clock.after(5, () => later.cancel());
    const later = clock.after(5, () => fired.push("late"));
    clock.after(6, () => fired.push("last"));
    assert.equal(clock.pendingTimers, 3);
    clock.advance(10);
    assert.deepEqual(fired, ["last"]);
    assert.equal(clock.pendingTimers, 0);
  });

  test("a timer that starts itself again fires as often as the time allows", () => {
    const clock = new FakeClock(0);
    let count = 0;
    const again = (): void => {
      count += 1;
      clock.after(10, again);
    };
    clock.after(10, again);
    clock.advance(100);
    assert.equal(count, 10);
  });

  test("elapse lets promises run between timers", async () => {
    const clock = new FakeClock(0);
    const seen: number[] = [];
    const waits = async (): Promise<void> => {
      for (let turn = 0; turn < 3; turn += 1) {
        await new Promise<void>((resolve) => clock.after(10, resolve));
        seen.push(clock.now());
      }
    };
    const done = waits();
    await clock.elapse(30);
    await done;
    assert.deepEqual(seen, [10, 20, 30]);
  });
});
