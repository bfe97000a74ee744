import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeClock, SeededRandom } from "@interpres/testkit";
import type { DecisionEvent } from "./decision.ts";
import { DecisionRing } from "./decision-ring.ts";

function ringOf(capacity: number) {
  const clock = new FakeClock();
  const kept: DecisionEvent[] = [];
  const ring = new DecisionRing({ clock, random: new SeededRandom(1), capacity, keep: (event) => kept.push(event) });
  const record = (peer: string, user = "alice@example.com") =>
    ring.record({ kind: "message", direction: "inbound", user, peer, decisions: [], result: "delivered" });
  return { clock, ring, kept, record };
}

describe("decision ring", () => {
  test("answers newest first and forgets the oldest beyond its capacity", () => {
    const { ring, record } = ringOf(3);
    for (const peer of ["a", "b", "c", "d"]) record(peer);
    assert.deepEqual(
      ring.query({}).map((event) => event.peer),
      ["d", "c", "b"],
    );
  });

  test("finds by user, by peer address or its domain, and by time", () => {
    const { clock, ring, record } = ringOf(10);
    record("bob@contoso.example");
    clock.advance(1000);
    record("contoso.example", "carol@example.com");
    record("bob@other.example");
    assert.equal(ring.query({ peer: "contoso.example" }).length, 2);
    assert.equal(ring.query({ peer: "bob@contoso.example" }).length, 1);
    assert.equal(ring.query({ user: "carol@example.com" }).length, 1);
    assert.equal(ring.query({ since: clock.now() }).length, 2);
    assert.equal(ring.query({ until: clock.now() }).length, ring.query({}).length - 2);
    assert.equal(ring.query({ limit: 1 }).length, 1);
  });

  test("finds a peer that was recorded as a SIP URI by his address and his domain", () => {
    const { ring, record } = ringOf(10);
    record("sip:bob@Contoso.example:5061;user=phone");
    for (const peer of ["contoso.example", "bob@contoso.example", "sip:bob@contoso.example"])
      assert.equal(ring.query({ peer }).length, 1, peer);
    assert.equal(ring.query({ peer: "other.example" }).length, 0);
  });

  test("hands each event to the keeper once, with an id of its own", () => {
    const { kept, record } = ringOf(1);
    record("a");
    record("b");
    assert.deepEqual(
      kept.map((event) => event.peer),
      ["a", "b"],
    );
    assert.notEqual(kept[0]?.id, kept[1]?.id);
  });
});
