import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HeaderLine, IncomingInvite } from "@interpres/sip";
import { Answered, Call, Party, sdp } from "./session-scene.ts";
import { Stage } from "./stage.ts";

describe("a session they call (RFC 3261 §13.3, §14.2, §15)", () => {
  test("§13.3.1.4 the 200: Contact, SDP, Record-Route as it came", () => {
    const scene = new Answered([["Record-Route", "<sip:pool.contoso.example;lr;ms-route-sig=x>;tag=1"]]);
    scene.accept();
    const ok = scene.transport.lastResponse();
    assert.equal(ok.status, 200);
    assert.equal(ok.first("Contact"), "<sip:bob@sip.example.com:5061;transport=tls>");
    assert.equal(ok.first("Content-Type"), "application/sdp");
    assert.equal(Buffer.from(ok.body).toString(), "v=0");
    assert.deepEqual(ok.all("Record-Route"), ["<sip:pool.contoso.example;lr;ms-route-sig=x>;tag=1"]);
    assert.equal(ok.first("Supported"), undefined);
  });

  test("§13.3.1.4 the 200 is repeated until the ACK, even over TLS", () => {
    const scene = new Answered();
    scene.accept();
    scene.stage.clock.advance(500 + 1000 + 2000 + 4000 + 4000);
    assert.equal(scene.transport.responses.length, 6);
    scene.within({ method: "ACK" });
    scene.stage.clock.advance(64_000);
    assert.equal(scene.transport.responses.length, 6);
    assert.deepEqual(scene.user.heard, [`established ${sdp.length}`]);
    assert.equal(scene.stage.clock.pendingTimers, 0);
  });

  test("§13.3.1.4 no ACK in 64*T1: BYE", () => {
    const scene = new Answered();
    scene.accept();
    scene.stage.clock.advance(32_000);
    assert.equal(scene.transport.lastRequest().method, "BYE");
    assert.deepEqual(scene.user.heard, ["ended failure"]);
    assert.equal(scene.stage.core.dialogs, 0);
  });

  test("§15 our BYE waits for the ACK", () => {
    const scene = new Answered();
    scene.accept().end();
    assert.equal(scene.transport.requests.length, 0);
    scene.within({ method: "ACK" });
    assert.equal(scene.transport.lastRequest().method, "BYE");
    assert.deepEqual(scene.user.heard, ["ended us"]);
  });

  test("§12.1.1 our requests: From and To turned round, CSeq of our own, epid kept", () => {
    const scene = new Answered([["Record-Route", "<sip:a.example;lr>, <sip:b.example;lr>"]]);
    scene.established().send("INFO", { contentType: "application/xml", body: "<x/>" }, () => undefined);
    const info = scene.transport.lastRequest();
    assert.equal(info.first("From"), `<sip:bob@example.com>;tag=${scene.toTag}`);
    assert.equal(info.first("To"), "<sip:alice@contoso.example>;tag=peer;epid=451e9252b6");
    assert.deepEqual(info.all("Route"), ["<sip:a.example;lr>", "<sip:b.example;lr>"]);
    assert.equal(info.requestUri, "sip:alice@contoso.example;opaque=user:epid:a1De;gruu");
    assert.equal(info.cseq.number, 1);
  });

  test("§12.2.1.1 a strict router: its URI in front, the remote target behind", () => {
    const scene = new Answered([["Record-Route", "<sip:strict.example>, <sip:b.example;lr>"]]);
    scene.established().end();
    const bye = scene.transport.lastRequest();
    assert.equal(bye.requestUri, "sip:strict.example");
    const target = "<sip:alice@contoso.example;opaque=user:epid:a1De;gruu>";
    assert.deepEqual(bye.all("Route"), ["<sip:b.example;lr>", target]);
  });

  test("refused: as the user says", () => {
    const scene = new Answered();
    scene.incoming[0]?.refuse(488, { reason: "Not Acceptable Here" });
    scene.incoming[0]?.refuse(486);
    assert.deepEqual(scene.transport.statuses(), [488]);
  });

  test("an answer after CANCEL is no session", () => {
    const stage = new Stage();
    const user = new Party();
    const incoming: IncomingInvite[] = [];
    stage.core.sessions.onInvite((invite) => incoming.push(invite));
    const via = "SIP/2.0/TLS edge.contoso.example:5061;branch=z9hG4bKgone";
    stage.request({ method: "INVITE", callId: "c", via });
    stage.request({ method: "CANCEL", callId: "c", via });
    const session = incoming[0]?.accept(user, "v=0");
    stage.clock.advance(100_000);
    assert.deepEqual(stage.transport.statuses(), [200, 487]);
    assert.deepEqual(user.heard, ["ended peer"]);
    assert.equal(session?.state, "ended");
    assert.equal(stage.transport.requests.length, 0);
  });

  test("an INVITE that nobody answers is refused after three minutes", () => {
    const scene = new Answered();
    scene.stage.clock.advance(180_000);
    assert.deepEqual(scene.transport.statuses(), [100, 480]);
  });

  test("§15.1.2 BYE before the ACK ends it", () => {
    const scene = new Answered();
    scene.accept();
    assert.equal(scene.within({ method: "BYE", cseq: 2 }), 200);
    assert.deepEqual(scene.user.heard, ["ended peer"]);
    scene.stage.clock.advance(64_000);
    assert.equal(scene.transport.requests.length, 0);
    assert.equal(scene.stage.clock.pendingTimers, 0);
  });

  test("§14.2 re-INVITE: the user's 200 is repeated until its ACK and moves the remote target", () => {
    const scene = new Answered();
    const session = scene.established();
    const headers: HeaderLine[] = [["Contact", "<sip:alice@new.contoso.example>"]];
    assert.equal(scene.within({ method: "INVITE", cseq: 2, headers }), 200);
    const sent = scene.transport.responses.length;
    scene.stage.clock.advance(500);
    assert.equal(scene.transport.responses.length, sent + 1);
    scene.within({ method: "ACK", cseq: 2 });
    scene.stage.clock.advance(60_000);
    assert.equal(scene.transport.responses.length, sent + 1);
    session.end();
    assert.equal(scene.transport.lastRequest().requestUri, "sip:alice@new.contoso.example");
    assert.deepEqual(scene.user.heard, ["request INVITE", "ended us"]);
  });

  test("§14.2 a second re-INVITE before the first is answered: 500 with Retry-After", () => {
    const scene = new Answered();
    scene.established();
    scene.user.answers = undefined;
    scene.within({ method: "INVITE", cseq: 2 });
    assert.equal(scene.within({ method: "INVITE", cseq: 3 }), 500);
    const seconds = Number(scene.transport.lastResponse().first("Retry-After"));
    assert.ok(seconds >= 0 && seconds <= 10);
    scene.user.pending[0]?.answer(200);
    assert.equal(scene.transport.lastResponse().cseq.number, 2);
  });

  for (const method of ["INVITE", "UPDATE"]) {
    test(`§15.1.2 BYE while ${method} waits for the user: 487, and the user's answer comes too late`, () => {
      const scene = new Answered();
      scene.established();
      scene.user.answers = undefined;
      scene.within({ method, cseq: 2 });
      scene.within({ method: "BYE", cseq: 3 });
      assert.deepEqual(scene.transport.statuses().slice(-2), [200, 487]);
      assert.equal(scene.transport.lastResponse().cseq.method, method);
      scene.user.pending[0]?.answer(200);
      assert.equal(scene.transport.lastResponse().status, 487);
    });
  }

  test("§14.2 a re-INVITE refused leaves the session", () => {
    const scene = new Answered();
    const session = scene.established();
    scene.user.answers = 488;
    assert.equal(scene.within({ method: "INVITE", cseq: 2 }), 488);
    assert.equal(session.state, "established");
  });

  test("the table of dialogs is bounded: 503 with Retry-After", () => {
    const scene = new Answered([], { settings: { maxDialogs: 0 } });
    assert.deepEqual(scene.transport.statuses(), [503]);
    const call = new Call({ settings: { maxDialogs: 0 } });
    call.stage.clock.advance(1);
    assert.deepEqual(call.user.heard, ["refused 503"]);
  });

  test("stopped: every timer is gone, nothing is said", () => {
    const scene = new Answered([
      ["Supported", "timer"],
      ["Session-Expires", "1800"],
    ]);
    scene.accept();
    const { core, clock, transport } = scene.stage;
    core.sessions.invite({ from: "sip:bob@example.com", to: "sip:a@b.example", sdp }, scene.user);
    core.sendMessage({ from: "sip:bob@example.com", to: "sip:a@b.example", contentType: "a/b", body: "" }, () =>
      assert.fail("a stopped core says nothing"),
    );
    const sent = transport.requests.length;
    core.stop();
    assert.equal(clock.pendingTimers, 0);
    assert.equal(core.dialogs, 0);
    assert.deepEqual(scene.stage.transactions.size, { clients: 0, servers: 0 });
    assert.equal(transport.requests.length, sent);
  });
});
