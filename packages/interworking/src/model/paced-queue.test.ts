import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeClock } from "@interpres/testkit";
import { PacedQueue } from "./paced-queue.ts";

function queue(options: {
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly limit?: number;
  readonly room?: () => number;
}) {
  const clock = new FakeClock();
  return { clock, queue: new PacedQueue({ clock, limit: 100, room: () => 0, ...options }) };
}

describe("paced queue", () => {
  test("passes at once while there are tokens", () => {
    const ran: number[] = [];
    const paced = queue({ ratePerSecond: 20, burst: 3 });
    for (let n = 0; n < 5; n += 1) paced.queue.pass("message", () => ran.push(n));
    assert.deepEqual(ran, [0, 1, 2]);
    paced.clock.advance(50);
    assert.deepEqual(ran, [0, 1, 2, 3]);
  });

  test("never exceeds the rate over a second", () => {
    const at: number[] = [];
    const { clock, queue: paced } = queue({ ratePerSecond: 20, burst: 1 });
    const start = clock.now();
    for (let n = 0; n < 60; n += 1) paced.pass("refresh", () => at.push(clock.now() - start));
    clock.advance(5000);
    assert.equal(at.length, 60);
    assert.ok(
      at.every((time, n) => time >= (n - 1) * 50 - 1),
      at.join(),
    );
    assert.ok((at.at(-1) ?? 0) <= 3300);
  });

  test("waits while others have taken the peer's room, and goes on when there is some", () => {
    const ran: number[] = [];
    let waitMs = 300;
    const { clock, queue: paced } = queue({ ratePerSecond: 20, burst: 10, room: () => waitMs });
    for (let n = 0; n < 3; n += 1) paced.pass("presence", () => ran.push(n));
    clock.advance(250);
    assert.deepEqual(ran, []);
    waitMs = 0;
    clock.advance(50);
    assert.deepEqual(ran, [0, 1, 2]);
    assert.equal(clock.pendingTimers, 0);
  });

  test("lets messages overtake presence, and presence overtake refreshes", () => {
    const ran: string[] = [];
    const { clock, queue: paced } = queue({ ratePerSecond: 10, burst: 1 });
    paced.pass("refresh", () => ran.push("first"));
    paced.pass("refresh", () => ran.push("refresh"));
    paced.pass("presence", () => ran.push("presence"));
    paced.pass("message", () => ran.push("message"));
    clock.advance(1000);
    assert.deepEqual(ran, ["first", "message", "presence", "refresh"]);
  });

  test("refuses what would make it grow past its limit", () => {
    const { queue: paced } = queue({ ratePerSecond: 1, burst: 1, limit: 2 });
    const results = [1, 2, 3, 4].map(() => paced.pass("message", () => undefined));
    assert.deepEqual(results, ["accepted", "accepted", "accepted", "full"]);
  });

  test("does not pace a peer without a rate, and leaves no timer", () => {
    const { clock, queue: paced } = queue({ ratePerSecond: 0, burst: 0 });
    let ran = 0;
    for (let n = 0; n < 1000; n += 1) paced.pass("presence", () => (ran += 1));
    assert.equal(ran, 1000);
    assert.equal(clock.pendingTimers, 0);
  });
});
