import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Ladder } from "./ladder.ts";
import type { TraceEvent } from "./trace.ts";

function event(leg: TraceEvent["leg"], direction: TraceEvent["direction"], summary: string): TraceEvent {
  return {
    id: 1,
    at: "2026-11-27T10:11:12.345Z",
    leg,
    direction,
    remote: leg === "sip" ? "tls:192.0.2.1:5061" : "alice@example.com/desk",
    path: {
      protocol: "tcp",
      local: { address: "192.0.2.254", port: 5061 },
      remote: { address: "192.0.2.1", port: 5061 },
    },
    peer: "contoso.example",
    correlationId: null,
    parties: [],
    summary,
    text: "",
  };
}

describe("the ladder of a trace", () => {
  test("draws peers left, the node in the middle, users right, within the width of the terminal", () => {
    const ladder = new Ladder(80);
    const lines = [
      event("sip", "inbound", "MESSAGE sip:alice@example.com;transport=tls"),
      event("xmpp", "outbound", "message chat to alice@example.com"),
      event("sip", "outbound", "200 OK (MESSAGE)"),
    ].flatMap((each) => ladder.lines(each));
    assert.deepEqual(lines, [
      "",
      "         contoso.example                Interpres",
      "10:11:12 |--- MESSAGE alice@example.com --->|                                  |",
      "",
      "         contoso.example                Interpres              alice@example.com",
      "10:11:12 |                                  |- message chat to alice@exampl… ->|",
      "10:11:12 |<------- 200 OK (MESSAGE) --------|                                  |",
    ]);
    assert.ok(lines.every((line) => line.length <= 80));
  });

  test("names the lanes anew when another takes part, and only then", () => {
    const ladder = new Ladder(100);
    ladder.lines(event("sip", "inbound", "OPTIONS"));
    assert.equal(ladder.lines(event("sip", "inbound", "OPTIONS")).length, 1);
    assert.equal(ladder.lines({ ...event("sip", "inbound", "OPTIONS"), peer: null }).length, 3);
  });

  test("obeys nothing that comes from outside", () => {
    const lines = new Ladder(80).lines(event("sip", "inbound", "MESSAGE \u001b[2J"));
    assert.doesNotMatch(lines.join(""), /\p{Cc}/u);
  });
});
