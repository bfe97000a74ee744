import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "@interpres/sip";
import { fakeConnection } from "./fake-transport.ts";
import { Stage } from "./stage.ts";

function asked(protocol: "udp" | "tls") {
  const stage = new Stage();
  const answers: Answer[] = [];
  stage.core.onPageMessage((_request, answer) => answers.push(answer));
  const connection = fakeConnection(protocol);
  const request = stage.request({ method: "MESSAGE" }, connection);
  const repeat = (): void => stage.transport.receive(request, connection);
  const answer = (status: number): void => answers[0]?.(status);
  return { stage, answer, repeat };
}

describe("non-INVITE transactions (RFC 4320 §4)", () => {
  for (const protocol of ["udp", "tls"] as const) {
    test(`§4.1 over ${protocol}: no 100 before Timer E reaches T2, one then`, () => {
      const { stage } = asked(protocol);
      stage.clock.advance(3499);
      assert.deepEqual(stage.transport.statuses(), []);
      stage.clock.advance(1);
      assert.deepEqual(stage.transport.statuses(), [100]);
      stage.clock.advance(20_000);
      assert.deepEqual(stage.transport.statuses(), [100]);
    });
  }

  test("§4.1 a repeat before that gets nothing, one after it the 100", () => {
    const { stage, repeat } = asked("udp");
    repeat();
    assert.deepEqual(stage.transport.statuses(), []);
    stage.clock.advance(3500);
    repeat();
    assert.deepEqual(stage.transport.statuses(), [100, 100]);
  });

  test("§4.1 no other provisional response", () => {
    const { stage, answer } = asked("tls");
    answer(180);
    assert.deepEqual(stage.transport.statuses(), []);
  });

  test("§4.2 no 408", () => {
    const { stage, answer } = asked("tls");
    answer(408);
    assert.deepEqual(stage.transport.statuses(), []);
  });

  test("§4.2 no answer after the client's Timer F", () => {
    const { stage, answer } = asked("udp");
    stage.clock.advance(32_000);
    answer(200);
    assert.deepEqual(stage.transport.statuses(), [100]);
    assert.equal(stage.transactions.size.servers, 0);
  });
});
