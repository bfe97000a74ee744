import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type HeaderLine, type RequestGate, serialize } from "@interpres/sip";
import { fakeConnection } from "../conformance/fake-transport.ts";
import { hopTo, peerRequest, Stage } from "../conformance/stage.ts";

/** Class 24: nobody makes us send more than he sends, or to a third party. That loops end: `rfc5393-loops.test.ts`. */
describe("amplification and reflection (attack class 24)", () => {
  const refusing: RequestGate = { admit: () => ({ kind: "refuse", status: 403, rule: "test" }) };

  for (const method of ["OPTIONS", "MESSAGE", "SUBSCRIBE", "INVITE", "REGISTER", "NOTIFY"]) {
    test(`a refused ${method} over UDP is answered once, with hardly more octets than it had`, () => {
      const stage = new Stage({ gate: refusing });
      const request = peerRequest({ method, via: "SIP/2.0/UDP 192.0.2.5;branch=z9hG4bKforged" });
      stage.transport.receive(request, fakeConnection("udp"));
      stage.clock.advance(64_000);
      assert.equal(stage.transport.responses.length, 1);
      const [asked, answered] = [serialize(request).length, serialize(stage.transport.lastResponse()).length];
      // The To tag, which has to be there (RFC 3261 §8.2.6.2).
      assert.ok(answered <= asked + ";tag=".length + 22, `${answered} for ${asked}`);
    });
  }

  test("what was refused leaves no state that could repeat its answer", () => {
    const stage = new Stage({ gate: refusing });
    stage.transport.receive(peerRequest({ method: "INVITE" }), fakeConnection("udp"));
    assert.deepEqual([stage.transactions.size.servers, stage.clock.pendingTimers], [0, 0]);
  });

  test("Contact, Route, Record-Route and maddr of a SUBSCRIBE lead nobody's NOTIFY to a victim", () => {
    const hops = [hopTo("edge.contoso.example")];
    const stage = new Stage({ hops });
    const quiet = { refreshed: () => undefined, ended: () => undefined, changed: () => undefined };
    stage.core.notifier.onSubscribe((incoming) => incoming.accept(quiet).notify({ state: "active" }));
    const headers: readonly HeaderLine[] = [
      ["Event", "presence"],
      ["Contact", "<sip:x@victim.example:53;maddr=198.51.100.7;transport=udp>"],
      ["Record-Route", "<sip:198.51.100.8;lr>, <sip:victim.example;lr>"],
      ["Route", "<sip:198.51.100.9;lr>"],
    ];
    stage.request({ method: "SUBSCRIBE", headers });
    stage.clock.advance(1);
    const sent = stage.transport.requests;
    assert.ok(sent.length > 0);
    assert.deepEqual(new Set(sent.map(({ hop }) => hop)), new Set(hops));
  });
});
