import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HeaderLine } from "@interpres/sip";
import { fakeConnection } from "../conformance/fake-transport.ts";
import { Party } from "../conformance/session-scene.ts";
import { Stage } from "../conformance/stage.ts";

/**
 * Class 25: whatever a peer begins and leaves ends by itself, and its timers with it. Quotas and 503 are in
 * `rfc3261-overload.test.ts`, half-open handshakes in `tls-handshake.test.ts`, slow readers in `stream-connection.test.ts`.
 */
describe("exhaustion of transactions and dialogs (attack class 25)", () => {
  const FLOOD = 500;

  test("INVITEs that are refused and never acknowledged are gone after Timer H", () => {
    const stage = new Stage();
    stage.core.sessions.onInvite((incoming) => incoming.refuse(486));
    for (let count = 0; count < FLOOD; count += 1)
      stage.transport.receive(stage.request({ method: "INVITE" }), fakeConnection("udp"));
    assert.equal(stage.transactions.size.servers, FLOOD);
    stage.clock.advance(32_000);
    assert.deepEqual([stage.transactions.size.servers, stage.clock.pendingTimers], [0, 0]);
  });

  test("INVITEs that are accepted and never acknowledged are hung up, and gone", () => {
    const stage = new Stage();
    stage.core.sessions.onInvite((incoming) => incoming.accept(new Party(), "v=0"));
    for (let count = 0; count < FLOOD; count += 1) stage.request({ method: "INVITE" });
    assert.equal(stage.core.dialogs, FLOOD);
    // 64*T1 for the ACK, then as long for the BYE that nobody answers.
    stage.clock.advance(64_000);
    assert.equal(stage.transport.requestsOf("BYE").length, FLOOD);
    assert.deepEqual([stage.core.dialogs, stage.transactions.size.clients, stage.clock.pendingTimers], [0, 0, 0]);
  });

  test("INVITEs that nobody here answers get 480 after three minutes", () => {
    const stage = new Stage();
    stage.core.sessions.onInvite(() => undefined);
    for (let count = 0; count < FLOOD; count += 1) stage.request({ method: "INVITE" });
    stage.clock.advance(180_000);
    assert.equal(stage.transport.statuses().filter((status) => status === 480).length, FLOOD);
    stage.clock.advance(32_000);
    assert.deepEqual([stage.transactions.size.servers, stage.clock.pendingTimers], [0, 0]);
  });

  for (const expires of ["4294967295", "99999999999999999999", "3600"]) {
    test(`a SUBSCRIBE for ${expires} s that is never refreshed ends within a day, dialog and timers`, () => {
      const stage = new Stage();
      const ended: string[] = [];
      const quiet = { refreshed: () => undefined, changed: () => undefined, ended: (why: string) => ended.push(why) };
      stage.core.notifier.onSubscribe((incoming) => incoming.accept(quiet));
      const headers: readonly HeaderLine[] = [
        ["Event", "presence"],
        ["Expires", expires],
      ];
      stage.request({ method: "SUBSCRIBE", headers });
      const { status, expires: granted } = stage.transport.lastResponse();
      if (status === 400) return;
      assert.ok((granted ?? Number.POSITIVE_INFINITY) <= 86_400);
      stage.clock.advance(86_400_000 + 64_000);
      assert.deepEqual([stage.core.dialogs, ended.length, stage.clock.pendingTimers], [0, 1, 0]);
    });
  }

  test("CANCELs and ACKs of nothing leave nothing", () => {
    const stage = new Stage();
    for (let count = 0; count < FLOOD; count += 1) {
      stage.request({ method: "CANCEL" });
      stage.request({ method: "ACK" });
    }
    assert.deepEqual([stage.transactions.size.servers, stage.clock.pendingTimers], [0, 0]);
  });
});
