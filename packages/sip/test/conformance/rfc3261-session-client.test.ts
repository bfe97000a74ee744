import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call, sdp } from "./session-scene.ts";
import { hopTo } from "./stage.ts";

describe("a session we call (RFC 3261 §13.2, §14, §15)", () => {
  test("§13.2.1 the INVITE", () => {
    const { transport } = new Call();
    const invite = transport.lastRequest();
    assert.equal(invite.first("Contact"), "<sip:bob@sip.example.com:5061;transport=tls>");
    assert.equal(invite.first("Content-Type"), "application/sdp");
    assert.match(invite.first("Allow") ?? "", /MESSAGE/);
    assert.equal(Buffer.from(invite.body).toString(), sdp);
  });

  test("§13.2.2.4 2xx: ACK with the INVITE's CSeq, its own branch, the route set reversed, to the Contact", () => {
    const call = new Call();
    call.answer(180);
    call.answer(200);
    const [invite, ack] = [call.transport.lastRequest("INVITE"), call.transport.lastRequest("ACK")];
    assert.deepEqual(ack.cseq, { number: 1, method: "ACK" });
    assert.notEqual(ack.topVia.branch, invite.topVia.branch);
    assert.deepEqual(ack.all("Route"), ["<sip:b.example;lr>", "<sip:a.example;lr>;x=1"]);
    assert.equal(ack.requestUri, "sip:alice@contoso.example;gruu");
    assert.equal(ack.body.length, 0);
    assert.deepEqual(call.user.heard, ["established 3"]);
    assert.equal(call.session.state, "established");
  });

  test("§13.2.2.4 a repeated 2xx is acknowledged again", () => {
    const call = new Call();
    call.answer(200);
    call.answer(200);
    assert.equal(call.transport.requestsOf("ACK").length, 2);
    assert.deepEqual(call.user.heard, ["established 3"]);
  });

  test("§13.2.2.4 the 2xx of another fork is acknowledged and hung up", () => {
    const call = new Call();
    call.answer(183, "early");
    call.answer(200, "first");
    call.answer(200, "second");
    const [ack, bye] = [call.transport.lastRequest("ACK"), call.transport.lastRequest("BYE")];
    assert.deepEqual([ack.to.tag, bye.to.tag], ["second", "second"]);
    assert.deepEqual(call.user.heard, ["established 3"]);
    assert.equal(call.session.id.remoteTag, "first");
  });

  test("a peer that answers one INVITE with endless tags is not followed", () => {
    const call = new Call();
    for (let fork = 0; fork < 100; fork += 1) call.answer(200, `fork${fork}`);
    assert.equal(call.transport.requestsOf("BYE").length, 16);
  });

  for (const status of [302, 404, 480, 486, 488, 603]) {
    test(`§13.2.2.2 ${status} refuses`, () => {
      const call = new Call();
      call.answer(status);
      assert.deepEqual(call.user.heard, [`refused ${status}`]);
      assert.equal(call.session.state, "ended");
      assert.equal(call.stage.core.dialogs, 0);
      assert.equal(call.stage.clock.pendingTimers, 0);
    });
  }

  test("nobody answers for 60 s: CANCEL", () => {
    const call = new Call();
    call.answer(180);
    call.stage.clock.advance(59_999);
    assert.equal(call.transport.requestsOf("CANCEL").length, 0);
    call.stage.clock.advance(1);
    assert.equal(call.transport.requestsOf("CANCEL").length, 1);
    assert.deepEqual(call.user.heard, ["refused timeout"]);
    call.stage.answer(200, {}, "CANCEL");
    call.answer(487);
    assert.equal(call.stage.core.dialogs, 0);
    assert.equal(call.stage.clock.pendingTimers, 0);
  });

  test("§9.1 a 2xx that crosses our CANCEL is acknowledged and hung up", () => {
    const call = new Call();
    call.answer(180);
    call.session.end();
    assert.deepEqual(call.user.heard, ["ended us"]);
    call.answer(200);
    assert.equal(call.transport.requestsOf("ACK").length, 1);
    assert.equal(call.transport.requestsOf("BYE").length, 1);
    assert.deepEqual(call.user.heard, ["ended us"]);
  });

  test("no provisional response at all: timeout after 64*T1", () => {
    const call = new Call();
    call.stage.clock.advance(32_000);
    assert.deepEqual(call.user.heard, ["refused timeout"]);
    assert.equal(call.stage.clock.pendingTimers, 0);
  });

  test("requests wait for the 2xx and for one another (RFC 3428 §8)", () => {
    const call = new Call();
    call.send("1");
    call.send("2");
    assert.equal(call.transport.requestsOf("MESSAGE").length, 0);
    call.answer(200);
    const first = call.transport.lastRequest();
    assert.equal(first.method, "MESSAGE");
    assert.equal(first.cseq.number, 2);
    assert.equal(first.first("Contact"), undefined);
    assert.equal(call.transport.requestsOf("MESSAGE").length, 1);
    call.stage.answer(200);
    assert.equal(Buffer.from(call.transport.lastRequest().body).toString(), "2");
    call.stage.answer(415);
    assert.deepEqual(call.outcomes, ["200", "415"]);
    assert.equal(call.session.state, "established");
  });

  for (const status of [408, 481]) {
    test(`§12.2.1.2 ${status} to a MESSAGE: BYE, the session is over, what waits fails`, () => {
      const call = new Call().established();
      call.send("1");
      call.send("2");
      call.stage.answer(status);
      assert.equal(call.transport.lastRequest().method, "BYE");
      assert.deepEqual(call.outcomes, [`${status}`, "transport"]);
      assert.deepEqual(call.user.heard, ["ended failure"]);
    });
  }

  test("§12.2.1.2 silence is as 408", () => {
    const call = new Call().established();
    call.send("1");
    call.stage.clock.advance(32_000);
    assert.deepEqual([call.outcomes, call.user.heard], [["timeout"], ["ended failure"]]);
  });

  test("§15.1.1 our BYE", () => {
    const call = new Call().established();
    call.session.end();
    call.session.end();
    assert.equal(call.transport.requestsOf("BYE").length, 1);
    assert.deepEqual(call.user.heard, ["ended us"]);
    call.stage.answer(200);
    call.stage.clock.advance(60_000);
    assert.equal(call.stage.clock.pendingTimers, 0);
    assert.equal(call.peer({ method: "MESSAGE", cseq: 9 }), 481);
  });

  test("§15.1.2 the peer's BYE: 200, what waits fails", () => {
    const call = new Call().established();
    call.send("1");
    call.send("2");
    assert.equal(call.peer({ method: "BYE" }), 200);
    assert.deepEqual(call.user.heard, ["ended peer"]);
    assert.deepEqual(call.outcomes, ["transport"]);
    call.send("3");
    call.stage.clock.advance(1);
    assert.deepEqual(call.outcomes, ["transport", "transport"]);
  });

  test("§14.2 an INVITE of the peer while ours is under way: 491", () => {
    const call = new Call();
    assert.equal(call.peer({ method: "INVITE" }), 491);
    assert.equal(call.peer({ method: "MESSAGE", cseq: 2 }), 481);
  });

  test("§12.2.2 CSeq of the peer: gaps are fine, going back is not", () => {
    const call = new Call().established();
    assert.equal(call.peer({ method: "MESSAGE", cseq: 1 }), 200);
    assert.equal(call.peer({ method: "INFO", cseq: 70 }), 200);
    assert.equal(call.peer({ method: "MESSAGE", cseq: 69 }), 500);
    assert.deepEqual(call.user.heard, ["request MESSAGE", "request INFO"]);
  });

  test("the hop that answered the INVITE gets the ACK and is asked first later", () => {
    const call = new Call({ hops: [hopTo("one"), hopTo("two")] });
    call.answer(503);
    call.answer(200);
    call.send("1");
    assert.deepEqual(
      call.transport.requests.map(({ request, hop }) => `${request.method} ${hop.host}`),
      ["INVITE one", "ACK one", "INVITE two", "ACK two", "MESSAGE two"],
    );
  });

  test("ended before the route is found: no INVITE leaves", async () => {
    let found: (() => void) | undefined;
    const call = new Call({
      route: () =>
        new Promise((resolve) => {
          found = () => resolve({ kind: "hops", hops: [hopTo("one")], decisions: [] });
        }),
    });
    call.session.end();
    found?.();
    await call.stage.clock.elapse(10);
    assert.equal(call.transport.requests.length, 0);
    assert.equal(call.stage.core.dialogs, 0);
    assert.deepEqual(call.user.heard, ["ended us"]);
  });
});
