import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DecisionEvent } from "@interpres/runtime";
import { Correlations } from "./correlations.ts";

const ALICE = "alice@example.com";
const BOB = "bob@contoso.example";

function decision(kind: DecisionEvent["kind"], inputs: Readonly<Record<string, string>>, id = "d1"): DecisionEvent {
  const decisions = [{ rule: "local-delivery", outcome: "done", inputs } as const];
  return { id, at: 0, kind, direction: "inbound", user: ALICE, peer: `sip:${BOB};x=1`, decisions, result: "done" };
}

function stanza(direction: "inbound" | "outbound", text: string, peer = "contoso.example") {
  const parties = direction === "inbound" ? [ALICE, BOB] : [BOB, ALICE];
  return { leg: "xmpp", direction, peer, parties, summary: text.slice(1), text } as const;
}

describe("the interaction a message belongs to", () => {
  test("is what its Call-ID says in SIP, also in the short form", () => {
    const known = new Correlations();
    for (const header of ["Call-ID: c1", "i:c1"])
      assert.equal(known.of({ ...stanza("inbound", `MESSAGE\r\n${header}\r\n`), leg: "sip" }), "c1");
  });

  test("of a client's message comes with the decision about it", () => {
    const known = new Correlations();
    const message = stanza("inbound", "<message type='chat' id='m1'><body>x</body></message>");
    known.saw(decision("message", { callId: "before", stanzaId: "m0" }));
    assert.equal(known.of(message), undefined, "another's is not taken for its own");
    known.saw(decision("message", { callId: "c1", stanzaId: "m1" }));
    assert.equal(known.of(message), "c1");
    known.saw(decision("message", { stanzaId: "m1" }, "d2"));
    assert.equal(known.of(message), "d2", "where no request was sent it is the event's own id");
  });

  test("of a message from abroad is its thread, and of an error the message it answers", () => {
    const known = new Correlations();
    known.saw(decision("message", { callId: "c1", stanzaId: "m1" }));
    assert.equal(known.of(stanza("outbound", "<message id='z9'><thread>c2</thread></message>")), "c2");
    assert.equal(known.of(stanza("outbound", "<message type='error' id='m1'/>")), "c1");
  });

  test("of presence is the watch between the two", () => {
    const known = new Correlations();
    known.saw(decision("message", { callId: "im" }));
    known.saw(decision("subscription", { callId: "watch" }));
    assert.equal(known.of(stanza("outbound", "<presence/>")), "watch");
    assert.equal(known.of(stanza("outbound", "<message><composing/></message>")), "im");
  });

  test("among local users there is none", () => {
    const known = new Correlations();
    assert.equal(known.of(stanza("outbound", "<message id='z9'><thread>c2</thread></message>", "")), undefined);
  });
});
