import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ALICE, asked, BOB, granted, pidf } from "../fakes/outbound-watching.ts";

describe("what ends a permission, and what does not (RFC 8048 §5.2.2)", () => {
  for (const status of [403, 489, 603]) {
    test(`${status} cancels the permission (§5.2.2)`, async () => {
      const { node, subscription } = await granted();
      subscription.refuse(status);
      assert.deepEqual(node.local.told(), [
        `unavailable ${BOB}/0 ${ALICE}`,
        `unsubscribed ${BOB} ${ALICE} <status>Subscription refused: ${status}</status>`,
      ]);
      assert.equal(node.rows.size, 0);
      assert.equal(node.clock.pendingTimers, 0);
    });
  }

  test("481 to a refresh makes a new dialog and tells nobody (§5.2.2)", async () => {
    const { node, subscription } = await granted();
    subscription.refuse(481);
    assert.equal(node.agent.subscriptions.length, 2);
    node.agent.subscriptions[1]?.notify("active", pidf("open"));
    assert.deepEqual(node.local.told(), []);
  });

  test("423 is asked again with the peer's measure (§5.2.2)", async () => {
    const { node, subscription } = await asked();
    subscription.refuse(423, { minExpiresSeconds: 9000 });
    assert.equal(node.agent.subscriptions[1]?.init.expiresSeconds, 9000);
    assert.deepEqual(node.local.told(), []);
  });

  test("silence of the peer backs off with jitter and keeps the permission", async () => {
    const { node, subscription } = await granted();
    subscription.refuse(408, { cause: "timeout" });
    assert.equal(node.agent.subscriptions.length, 1);
    const delayMs = node.clock.nextTimerMs ?? 0;
    assert.ok(delayMs >= 30_000 && delayMs <= 36_000, String(delayMs));
    node.clock.advance(36_000);
    assert.equal(node.agent.subscriptions.length, 2);
    assert.deepEqual(node.local.told(), []);
    node.agent.subscriptions[1]?.refuse(408, { cause: "timeout" });
    node.agent.subscriptions[1]?.refuse(408, { cause: "timeout" });
    node.clock.advance(72_000);
    node.agent.subscriptions[2]?.refuse(503);
    assert.deepEqual(node.local.told(), [`unavailable ${BOB}/0 ${ALICE}`]);
    assert.deepEqual(
      [...node.rows.values()].map(({ authorization }) => authorization),
      ["granted"],
    );
  });

  test("Retry-After is obeyed", async () => {
    const { node, subscription } = await asked();
    subscription.refuse(503, { retryAfterSeconds: 300 });
    assert.ok((node.clock.nextTimerMs ?? 0) >= 300_000);
  });

  test("our own lack of a route cancels nothing", async () => {
    const { node, subscription } = await granted();
    subscription.refuse(403, { cause: "route" });
    assert.deepEqual(
      [...node.rows.values()].map(({ authorization }) => authorization),
      ["granted"],
    );
  });

  const reasons: readonly { readonly reason: string; readonly dialogs: number; readonly told: readonly string[] }[] = [
    { reason: "deactivated", dialogs: 2, told: [] },
    { reason: "timeout", dialogs: 2, told: [] },
    { reason: "probation", dialogs: 1, told: [] },
    { reason: "giveup", dialogs: 1, told: [] },
    { reason: "invariant", dialogs: 1, told: [] },
    {
      reason: "rejected",
      dialogs: 1,
      told: [`unavailable ${BOB}/0 ${ALICE}`, `unsubscribed ${BOB} ${ALICE} <status>Subscription rejected</status>`],
    },
    {
      reason: "noresource",
      dialogs: 1,
      told: [`unavailable ${BOB}/0 ${ALICE}`, `unsubscribed ${BOB} ${ALICE} <status>Address does not exist</status>`],
    },
  ];
  for (const { reason, dialogs, told } of reasons) {
    test(`terminated;reason=${reason} (RFC 6665 §4.1.3)`, async () => {
      const { node, subscription } = await granted();
      subscription.notify("terminated", "", { reason });
      assert.equal(node.agent.subscriptions.length, dialogs);
      assert.deepEqual(node.local.told(), told);
    });
  }
});
