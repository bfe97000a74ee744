import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentMetrics } from "@interpres/runtime";
import type { EmailDrop } from "@interpres/store";
import { FakeClock } from "@interpres/testkit";
import { EmailDropList } from "./email-drop-list.ts";

function listWith(...kept: readonly EmailDrop[]) {
  const clock = new FakeClock();
  const written: EmailDrop[] = [];
  const removed: string[] = [];
  const list = new EmailDropList({
    clock,
    metrics: silentMetrics,
    table: {
      load: async () => kept,
      put: (drop) => void written.push(drop),
      remove: ({ sender }) => void removed.push(sender),
    },
  });
  const drop = (from: string, method = "MESSAGE") =>
    list.record({ user: "alice@example.com", from, requestUri: "sip:Alice@example.com", method });
  return { clock, list, written, removed, drop };
}

describe("the list of dropped requests", () => {
  test("has one entry for a sender and a user, with the first time, the last, and how often", () => {
    const { clock, list, drop } = listWith();
    const firstAt = clock.now();
    drop("sip:Bob@contoso.example;opaque=x");
    clock.advance(1000);
    drop("sip:bob@Contoso.example", "INVITE");
    assert.deepEqual(list.list(), [
      {
        sender: "bob@contoso.example",
        user: "alice@example.com",
        addressed: "alice@example.com",
        method: "INVITE",
        count: 2,
        firstAt,
        lastAt: firstAt + 1000,
      },
    ]);
  });

  test("a method nobody knows is called other", () => {
    const { list, drop } = listWith();
    drop("sip:bob@contoso.example", "X-FLOOD-1");
    assert.equal(list.list()[0]?.method, "other");
  });

  test("is written every few seconds, once for each entry however often it grew", () => {
    const { clock, list, written, drop } = listWith();
    for (let n = 0; n < 100; n += 1) drop("sip:bob@contoso.example");
    assert.equal(written.length, 0);
    clock.advance(5000);
    assert.deepEqual(
      written.map(({ count }) => count),
      [100],
    );
    drop("sip:bob@contoso.example");
    list.stop();
    assert.deepEqual(
      written.map(({ count }) => count),
      [100, 101],
    );
    assert.equal(clock.pendingTimers, 0);
  });

  test("goes on counting where the last run stopped", async () => {
    const kept = {
      sender: "bob@contoso.example",
      user: "alice@example.com",
      addressed: "",
      method: "INVITE",
      count: 7,
    };
    const { list, drop } = listWith({ ...kept, firstAt: 1, lastAt: 2 });
    await list.load();
    drop("sip:bob@contoso.example");
    const [entry] = list.list();
    assert.deepEqual([entry?.count, entry?.firstAt], [8, 1]);
  });

  test("a flood of senders pushes out the longest silent, on the disk too", () => {
    const { list, removed, drop } = listWith();
    for (let n = 0; n < 10_001; n += 1) drop(`sip:b${n}@contoso.example`);
    assert.equal(list.list().length, 10_000);
    assert.deepEqual(removed, ["b0@contoso.example"]);
  });
});
