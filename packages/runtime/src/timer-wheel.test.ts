import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Machine, TimerWheel } from "./timer-wheel.ts";

const HOUR_MS = 3_600_000;

/** A machine whose time only passes when the test says so. */
class StoppedMachine implements Machine {
  #time = 0;
  #wake: { readonly at: number; readonly run: () => void } | undefined;
  wakes = 0;

  now(): number {
    return this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  wake(delayMs: number, run: () => void): () => void {
    this.#wake = { at: this.#time + delayMs, run };
    return () => {
      this.#wake = undefined;
    };
  }

  pass(untilMs: number): void {
    while (this.#wake !== undefined && this.#wake.at <= untilMs) {
      const { at, run } = this.#wake;
      this.#time = at;
      this.#wake = undefined;
      this.wakes += 1;
      run();
    }
    this.#time = untilMs;
  }
}

function wheelOf(): {
  readonly machine: StoppedMachine;
  readonly wheel: TimerWheel;
  readonly fired: [number, number][];
} {
  const machine = new StoppedMachine();
  return { machine, wheel: new TimerWheel(machine), fired: [] };
}

describe("timer wheel", () => {
  test("fires every timer once, in order, never early and at most one tick late", () => {
    const { machine, wheel, fired } = wheelOf();
    const delays = [0, 1, 3, 5, 17, 40, 1023, 1024, 1025, 65_536 * 4 + 7, HOUR_MS, 20 * HOUR_MS];
    for (const delay of [...delays].reverse()) wheel.after(delay, () => fired.push([delay, machine.now()]));
    machine.pass(21 * HOUR_MS);
    assert.equal(fired.length, delays.length);
    for (const [delay, at] of fired) {
      assert.ok(at >= delay, `${delay} ms fired at ${at}`);
      assert.ok(at <= delay + 8, `${delay} ms fired at ${at}`);
    }
    const times = fired.map(([, at]) => at);
    assert.deepEqual(
      times,
      [...times].sort((left, right) => left - right),
    );
  });

  test("timers started at any moment fire at their time, whatever level they pass through", () => {
    const { machine, wheel, fired } = wheelOf();
    for (let start = 0; start < 3000; start += 37) {
      machine.pass(start);
      const delay = (start * 7919) % 300_000;
      wheel.after(delay, () => fired.push([start + delay, machine.now()]));
    }
    machine.pass(400_000);
    assert.equal(fired.length, Math.ceil(3000 / 37));
    for (const [due, at] of fired) assert.ok(at >= due && at <= due + 8, `due ${due}, fired ${at}`);
  });

  test("a cancelled timer does not fire, and cancelling again does nothing", () => {
    const { machine, wheel, fired } = wheelOf();
    const cancelled = wheel.after(10, () => fired.push([10, machine.now()]));
    wheel.after(30, () => fired.push([30, machine.now()]));
    cancelled.cancel();
    cancelled.cancel();
    machine.pass(100);
    assert.deepEqual(
      fired.map(([delay]) => delay),
      [30],
    );
  });

  test("a timer started inside a callback fires later, never inside the same callback", () => {
    const { machine, wheel } = wheelOf();
    const order: string[] = [];
    wheel.after(1, () => {
      wheel.after(0, () => order.push("inner"));
      order.push("outer");
    });
    machine.pass(20);
    assert.deepEqual(order, ["outer", "inner"]);
  });

  test("sleeps while nothing is due: an hour's timer wakes the machine a few thousand times at most", () => {
    const { machine, wheel, fired } = wheelOf();
    wheel.after(HOUR_MS, () => fired.push([HOUR_MS, machine.now()]));
    machine.pass(2 * HOUR_MS);
    assert.equal(fired.length, 1);
    assert.ok(machine.wakes < 4000, `${machine.wakes} wakes`);
  });
});
