import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Traffic, type WatchAdvice, watch } from "./connection-watch.ts";

const limits = { partialMessageMs: 30_000, idleMs: 600_000, pongTimeoutMs: 10_000 };
const quiet: Traffic = {
  direction: "outbound",
  lastReceivedAt: 0,
  lastMessageAt: 0,
  partialSince: undefined,
  pingedAt: undefined,
  answersPings: "unknown",
  pingAfterMs: 120_000,
};

describe("what to do about a quiet connection", () => {
  const rows: readonly {
    readonly rule: string;
    readonly traffic: Partial<Traffic>;
    readonly at: number;
    readonly does: WatchAdvice;
  }[] = [
    { rule: "nothing while there is traffic", traffic: {}, at: 119_999, does: "none" },
    { rule: "RFC 5626 §4.4.1: an outbound one is pinged", traffic: {}, at: 120_000, does: "ping" },
    { rule: "an inbound one is not", traffic: { direction: "inbound" }, at: 120_000, does: "none" },
    { rule: "nor one whose pings are turned off", traffic: { pingAfterMs: 0 }, at: 120_000, does: "none" },
    { rule: "nor a peer that does not answer pings", traffic: { answersPings: "no" }, at: 120_000, does: "none" },
    { rule: "one ping at a time", traffic: { pingedAt: 120_000 }, at: 125_000, does: "none" },
    {
      rule: "a first ping unanswered tells about the peer, not the connection",
      traffic: { pingedAt: 0 },
      at: 10_000,
      does: "ping-unanswered",
    },
    {
      rule: "one who answered before and does not now is gone",
      traffic: { pingedAt: 0, answersPings: "yes" },
      at: 10_000,
      does: "pong-missing",
    },
    {
      rule: "without messages it is closed, pings or not",
      traffic: { lastReceivedAt: 599_000, answersPings: "yes" },
      at: 600_000,
      does: "idle",
    },
    {
      rule: "a message must become whole",
      traffic: { partialSince: 0, lastReceivedAt: 29_999 },
      at: 30_000,
      does: "unfinished-message",
    },
  ];
  for (const { rule, traffic, at, does } of rows) {
    test(rule, () => assert.equal(watch({ ...quiet, ...traffic }, limits, at), does));
  }
});
