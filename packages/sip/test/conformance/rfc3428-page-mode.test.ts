import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RequestOutcome, SipRequest } from "@interpres/sip";
import { Stage, type StageOptions } from "./stage.ts";

function sending(options: StageOptions = {}) {
  const stage = new Stage(options);
  const outcomes: string[] = [];
  const send = (to: string, body = "hello", from = "sip:bob@example.com"): void => {
    stage.core.sendMessage({ from, to, contentType: "text/plain;charset=UTF-8", body }, (outcome: RequestOutcome) =>
      outcomes.push(outcome.kind === "failed" ? outcome.cause : `${outcome.status}`),
    );
  };
  return { stage, outcomes, send };
}

const alice = "sip:alice@contoso.example";

describe("page mode (RFC 3428)", () => {
  test("§4 the MESSAGE has no Contact", () => {
    const { stage, send } = sending();
    send(alice, "hé");
    const message = stage.transport.lastRequest();
    assert.equal(message.method, "MESSAGE");
    assert.equal(message.requestUri, alice);
    assert.equal(message.first("Contact"), undefined);
    assert.equal(message.first("Content-Type"), "text/plain;charset=UTF-8");
    assert.equal(Buffer.from(message.body).toString(), "hé");
    assert.equal(message.first("Content-Length"), "3");
    assert.notEqual(message.from.tag, undefined);
    assert.equal(message.to.tag, undefined);
  });

  test("a Call-ID that was given is kept: the repeat after a restart can be recognised", () => {
    const { stage } = sending();
    stage.core.sendMessage(
      { from: "sip:bob@example.com", to: alice, contentType: "a/b", body: "", callId: "journal-1" },
      () => undefined,
    );
    assert.equal(stage.transport.lastRequest().callId, "journal-1");
  });

  test("§8 to one URI one at a time, in order", () => {
    const { stage, outcomes, send } = sending();
    for (const body of ["1", "2", "3"]) send(alice, body);
    assert.equal(stage.transport.requests.length, 1);
    stage.answer(202);
    assert.equal(stage.transport.requests.length, 2);
    stage.answer(415);
    assert.equal(Buffer.from(stage.transport.lastRequest().body).toString(), "3");
    stage.clock.advance(32_000);
    assert.deepEqual(outcomes, ["202", "415", "timeout"]);
    assert.equal(stage.clock.pendingTimers, 0);
  });

  test("§8 other URIs and other senders do not wait", () => {
    const { stage, send } = sending();
    send(alice);
    send("sip:carol@contoso.example");
    send(alice, "x", "sip:dave@example.com");
    assert.equal(stage.transport.requests.length, 3);
  });

  test("no route: told later, and the next message is tried", () => {
    const { stage, outcomes, send } = sending({
      route: () => ({ kind: "refused", status: 404, rule: "no-route", reason: "none", decisions: [] }),
    });
    send(alice);
    send(alice);
    assert.deepEqual(outcomes, []);
    stage.clock.advance(10);
    assert.deepEqual(outcomes, ["404", "404"]);
  });

  test("what cannot be written into a request costs the one message", () => {
    const { stage, outcomes, send } = sending();
    send("sip:alice@contoso.example SIP/2.0\r\nX: y");
    send(alice);
    stage.clock.advance(1);
    assert.deepEqual(outcomes, ["400"]);
    assert.equal(stage.transport.requests.length, 1);
  });

  test("a fault in a listener of ours does not reach the connection", () => {
    const stage = new Stage();
    stage.core.sendMessage({ from: "sip:bob@example.com", to: alice, contentType: "a/b", body: "" }, () => {
      throw new Error("ours");
    });
    stage.answer(200);
    stage.request({ method: "OPTIONS" });
    assert.deepEqual(stage.transport.statuses(), [200]);
  });

  test("a selector that breaks costs the one message", async () => {
    const { stage, outcomes, send } = sending({ route: () => Promise.reject(new Error("resolver gone")) });
    send(alice);
    await stage.clock.elapse(10);
    assert.deepEqual(outcomes, ["503"]);
  });

  test("the queue is bounded", async () => {
    const { stage, outcomes, send } = sending({ settings: { maxQueuedMessages: 1 } });
    for (const body of ["1", "2", "3"]) send(alice, body);
    await stage.clock.elapse(1);
    assert.deepEqual(outcomes, ["503"]);
    stage.answer(200);
    send(alice, "4");
    stage.answer(200);
    assert.equal(Buffer.from(stage.transport.lastRequest().body).toString(), "4");
  });

  test("§7 the final answer is the user's, once, without a Contact", () => {
    const stage = new Stage();
    const seen: SipRequest[] = [];
    stage.core.onPageMessage((request, answer) => {
      seen.push(request);
      answer(202);
      answer(500);
    });
    stage.request({ method: "MESSAGE", headers: [["Content-Type", "text/plain"]], body: "hi" });
    assert.equal(Buffer.from(seen[0]?.body ?? []).toString(), "hi");
    assert.deepEqual(stage.transport.statuses(), [202]);
    assert.equal(stage.transport.lastResponse().first("Contact"), undefined);
    assert.equal(stage.clock.pendingTimers, 0);
  });

  test("RFC 4320 §4 an answer that takes its time: 100 after 3.5 s, nothing after 32 s", () => {
    const stage = new Stage();
    let late: (() => void) | undefined;
    stage.core.onPageMessage((_request, answer) => {
      late = () => answer(200);
    });
    stage.request({ method: "MESSAGE" });
    stage.clock.advance(3499);
    assert.deepEqual(stage.transport.statuses(), []);
    stage.clock.advance(1);
    assert.deepEqual(stage.transport.statuses(), [100]);
    stage.clock.advance(28_500);
    late?.();
    assert.deepEqual(stage.transport.statuses(), [100]);
    assert.equal(stage.transactions.size.servers, 0);
  });
});
