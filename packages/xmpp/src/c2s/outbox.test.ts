import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeClock } from "@interpres/testkit";
import { defaultC2sSettings } from "./c2s-settings.ts";
import { Outbox } from "./outbox.ts";

const settings = { ...defaultC2sSettings, maxUnsentBytes: 10, closeGraceMs: 1000 };

function fixture() {
  const events: string[] = [];
  const line = {
    isWritable: true,
    unsentBytes: 0,
    write: (pieces: readonly string[]) => void events.push(`write ${pieces.join("|")}`),
    destroy: () => void events.push("destroy"),
  };
  const owner = {
    flushing: () => {
      if (events.length === 0) outbox.write("<r/>");
    },
    flushed: () => void events.push("flushed"),
  };
  const clock = new FakeClock();
  const outbox = new Outbox(line, owner, { clock, settings });
  return { events, line, clock, outbox };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("what a client is sent", () => {
  test("leaves once for a turn of the event loop, with what the owner adds at the last moment", async () => {
    const { events, outbox } = fixture();
    outbox.write("<a/>");
    outbox.write("<b/>");
    assert.deepEqual(events, []);
    await turn();
    assert.deepEqual(events, ["write <a/>|<b/>|<r/>", "flushed"]);
  });

  test("is neither written nor counted as sent once the client has closed its side", async () => {
    const { events, line, outbox } = fixture();
    outbox.write("<a/>");
    line.isWritable = false;
    await turn();
    assert.deepEqual(events, []);
  });

  test("does not pile up for a client that has closed its side and stays: its connection is broken", async () => {
    const { events, line, clock, outbox } = fixture();
    line.isWritable = false;
    outbox.write("<a/>");
    await turn();
    clock.advance(999);
    assert.deepEqual(events, []);
    clock.advance(1);
    assert.deepEqual(events, ["destroy"]);
    outbox.closed();
    assert.equal(clock.pendingTimers, 0);
  });

  test("breaks the connection when too much of it waits", async () => {
    const { events, line, outbox } = fixture();
    line.unsentBytes = 11;
    outbox.write("<a/>");
    await turn();
    assert.equal(events.at(-1), "destroy");
  });

  test("ends with a grace for the client, then the connection is broken", () => {
    const { events, clock, outbox } = fixture();
    outbox.write("<a/>");
    outbox.end();
    assert.equal(events[0], "write <a/>|<r/>");
    outbox.write("<late/>");
    clock.advance(999);
    assert.ok(!events.includes("destroy"));
    clock.advance(1);
    assert.deepEqual(events.slice(1), ["flushed", "destroy"]);
  });

  test("leaves no timer behind a connection that is gone", () => {
    const { clock, outbox } = fixture();
    outbox.end();
    outbox.closed();
    assert.equal(clock.pendingTimers, 0);
  });
});
