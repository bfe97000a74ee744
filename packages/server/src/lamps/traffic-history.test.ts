import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DecisionEvent } from "@interpres/runtime";
import { MINUTE_MS, TrafficHistory } from "./traffic-history.ts";

const START = 1000 * MINUTE_MS;

function message(at: number, facts: Partial<DecisionEvent> = {}): DecisionEvent {
  const always = { id: "e", peer: "bob@contoso.example", decisions: [], result: "delivered" };
  return { ...always, kind: "message", direction: "inbound", at, ...facts };
}

describe("traffic, minute by minute", () => {
  test("counts what passed and what failed, each kind and way by itself", () => {
    const history = new TrafficHistory();
    history.saw(message(START + 1));
    history.saw(message(START + 2));
    history.saw(message(START + 3, { direction: "outbound", result: "failed" }));
    history.saw(message(START + 4, { kind: "subscription", result: "active" }));
    assert.deepEqual(history.minutes(START), [
      {
        at: START,
        passed: { presenceIn: 1, presenceOut: 0, imIn: 2, imOut: 0 },
        failed: { presenceIn: 0, presenceOut: 0, imIn: 0, imOut: 1 },
      },
    ]);
  });

  test("begins another minute with the next one, and leaves quiet ones out", () => {
    const history = new TrafficHistory();
    history.saw(message(START + MINUTE_MS - 1));
    history.saw(message(START + 5 * MINUTE_MS));
    assert.deepEqual(
      history.minutes(START + 6 * MINUTE_MS).map(({ at }) => at),
      [START, START + 5 * MINUTE_MS],
    );
  });

  test("is not concerned with what is no traffic", () => {
    const history = new TrafficHistory();
    history.saw(message(START, { kind: "connection", result: "admitted" }));
    assert.deepEqual(history.minutes(START), []);
  });

  test("forgets after a day, whether or not anything follows", () => {
    const history = new TrafficHistory();
    for (let minute = 0; minute < 3000; minute += 1) history.saw(message(START + minute * MINUTE_MS));
    assert.equal(history.minutes(START).length, 1440);
    assert.deepEqual(history.minutes(START + 10_000 * MINUTE_MS), []);
  });
});
