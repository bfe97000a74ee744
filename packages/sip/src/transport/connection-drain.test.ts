import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeClock } from "@interpres/testkit";
import { ConnectionDrain } from "./connection-drain.ts";
import type { StreamConnection } from "./stream-connection.ts";

/** What the drain sees of a connection, changed by hand. */
class FakeConnection {
  lastMessageAt = 0;
  isUnderWay = false;
  isRetired = false;
  isClosed = false;
  retire(): void {
    this.isRetired = true;
  }
  close(): void {
    this.isClosed = true;
  }
}

function setUp() {
  const clock = new FakeClock();
  const drain = new ConnectionDrain(clock);
  const connection = new FakeConnection();
  const start = (): void => {
    drain.start([connection as unknown as StreamConnection], () => connection.isUnderWay);
  };
  return { clock, drain, connection, start };
}

describe("a connection that is to close without losing a message", () => {
  test("closes at once when it is quiet, and leaves no timer", () => {
    const { clock, connection, start } = setUp();
    start();
    assert.ok(connection.isRetired && connection.isClosed);
    assert.equal(clock.pendingTimers, 0);
  });

  test("waits for the answer that is under way", () => {
    const { clock, drain, connection, start } = setUp();
    connection.isUnderWay = true;
    start();
    clock.advance(30_000);
    assert.deepEqual([connection.isRetired, connection.isClosed, drain.size], [true, false, 1]);
    connection.isUnderWay = false;
    clock.advance(500);
    assert.ok(connection.isClosed);
    assert.deepEqual([drain.size, clock.pendingTimers], [0, 0]);
  });

  test("waits until the peer has paused for a second", () => {
    const { clock, connection, start } = setUp();
    connection.lastMessageAt = clock.now();
    start();
    clock.advance(900);
    connection.lastMessageAt = clock.now();
    clock.advance(900);
    assert.equal(connection.isClosed, false);
    clock.advance(600);
    assert.ok(connection.isClosed);
  });

  test("that is lost meanwhile is waited for no more", () => {
    const { clock, drain, connection, start } = setUp();
    connection.isUnderWay = true;
    start();
    drain.forget(connection as unknown as StreamConnection);
    clock.advance(1_000);
    assert.deepEqual([connection.isClosed, clock.pendingTimers], [false, 0]);
  });

  test("of a layer that stops is its owner's to close", () => {
    const { clock, drain, connection, start } = setUp();
    connection.isUnderWay = true;
    start();
    drain.stop();
    assert.deepEqual([connection.isClosed, clock.pendingTimers], [false, 0]);
  });
});
