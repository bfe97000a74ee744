import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DecisionEvent, TraceEvent } from "@interpres/admin-api";
import { rowsOf } from "./ladder-rows.ts";

const ALL = { user: "", interaction: undefined, after: "" };

function at(second: number): string {
  return `2026-11-27T10:00:${String(second).padStart(2, "0")}.000Z`;
}

const PATH: TraceEvent["path"] = {
  protocol: "tcp",
  local: { address: "192.0.2.254", port: 5061 },
  remote: { address: "192.0.2.1", port: 5061 },
};

function message(second: number, leg: "sip" | "xmpp", correlationId: string | null = null): TraceEvent {
  const where = { remote: "tls:192.0.2.1:5061", peer: "contoso.example", parties: [], summary: `${leg} ${second}` };
  return { id: second, at: at(second), leg, direction: "inbound", ...where, path: PATH, correlationId, text: "" };
}

function decision(second: number, callId = "", peer = "sip:bob@contoso.example"): DecisionEvent {
  const decisions = [{ rule: "local-delivery", outcome: "done", inputs: { callId } }];
  return {
    id: String(second),
    correlationId: callId === "" ? String(second) : callId,
    at: at(second),
    kind: "message",
    direction: "inbound",
    peer,
    decisions,
    result: "delivered",
  };
}

function shown(...given: Parameters<typeof rowsOf>): readonly string[] {
  return rowsOf(...given).map((row) => (row.kind === "message" ? row.message.summary : `decision ${row.decision.id}`));
}

describe("the rows of a ladder", () => {
  test("are messages and decisions by time, without decisions from before the first message", () => {
    const messages = [message(2, "sip"), message(4, "xmpp")];
    assert.deepEqual(shown(messages, [decision(3), decision(1)], ALL), ["sip 2", "decision 3", "xmpp 4"]);
  });

  test("leave out what was cleared", () => {
    assert.deepEqual(shown([message(2, "sip"), message(4, "xmpp")], [decision(3)], { ...ALL, after: at(3) }), [
      "xmpp 4",
    ]);
  });

  test("of one user have her decisions only, whichever side she is on", () => {
    const decisions = [decision(2), decision(3, "", "eve@contoso.example")];
    const wanted = { ...ALL, user: "bob@contoso.example" };
    assert.deepEqual(shown([message(1, "sip")], decisions, wanted), ["sip 1", "decision 2"]);
  });

  test("of one call have its requests, its decisions and the stanzas beside it", () => {
    const messages = [
      message(1, "xmpp"),
      message(10, "sip", "one"),
      message(11, "sip", "other"),
      message(12, "sip", "one"),
      message(13, "xmpp"),
      message(13, "xmpp", "other"),
      message(20, "xmpp"),
    ];
    const rows = shown(messages, [decision(12, "one"), decision(12, "other")], {
      ...ALL,
      interaction: { call: "one", at: at(12) },
    });
    assert.deepEqual(rows, ["sip 10", "sip 12", "decision 12", "xmpp 13"]);
  });

  test("of a call that no message bears are what passed about the moment", () => {
    const messages = [message(1, "xmpp"), message(10, "sip", "other")];
    const interaction = { call: "one", at: at(12) };
    assert.deepEqual(shown(messages, [decision(12, "one")], { ...ALL, interaction }), ["sip 10", "decision 12"]);
  });
});
