import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fakeConnection } from "./fake-transport.ts";
import { Answered, Call, Party, sdp } from "./session-scene.ts";
import { Stage } from "./stage.ts";

describe("2xx to INVITE (RFC 6026)", () => {
  test("§7.1 a repeated INVITE after our 200 is absorbed: one session, no answer of the transaction's own", () => {
    const stage = new Stage();
    const user = new Party();
    let offered = 0;
    stage.core.sessions.onInvite((incoming) => {
      offered += 1;
      incoming.accept(user, "v=0");
    });
    const udp = fakeConnection("udp");
    const invite = stage.request({ method: "INVITE", via: "SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bKa" }, udp);
    stage.transport.receive(invite, udp);
    stage.transport.receive(invite, udp);
    assert.equal(offered, 1);
    assert.deepEqual(stage.transport.statuses(), [200]);
  });

  test("§7.1 the user's repeats of its 2xx leave, the ACK goes to the user, and then none does", () => {
    const scene = new Answered();
    scene.accept();
    scene.stage.clock.advance(500 + 1000);
    assert.deepEqual(scene.transport.statuses(), [200, 200, 200]);
    scene.within({ method: "ACK" });
    assert.deepEqual(scene.user.heard, [`established ${sdp.length}`]);
    scene.stage.clock.advance(31_000);
    assert.equal(scene.transport.statuses().length, 3);
  });

  test("§7.1 an ACK with the branch of its INVITE is not absorbed either: it goes to the user", () => {
    const stage = new Stage();
    const user = new Party();
    stage.core.sessions.onInvite((incoming) => incoming.accept(user, "v=0"));
    const via = "SIP/2.0/TLS edge.contoso.example;branch=z9hG4bKsame";
    const { callId } = stage.request({ method: "INVITE", via });
    const toTag = stage.transport.lastResponse().to.tag;
    stage.request({ method: "ACK", via, callId, to: `<sip:bob@example.com>;tag=${toTag}` });
    assert.deepEqual(user.heard, ["established 0"]);
  });

  test("§7.1 a repeated ACK is nothing new to the user", () => {
    const scene = new Answered();
    scene.accept();
    for (let count = 0; count < 3; count += 1) scene.within({ method: "ACK" });
    assert.deepEqual(scene.user.heard, [`established ${sdp.length}`]);
  });

  test("§7.1 the connection is lost when the 2xx is to leave: the transaction stays and absorbs the repeats", () => {
    const stage = new Stage();
    let offered = 0;
    stage.core.sessions.onInvite((incoming) => {
      offered += 1;
      incoming.accept(new Party(), "v=0");
    });
    const connection = fakeConnection();
    const invite = stage.request({ method: "INVITE" }, connection);
    stage.transport.close(connection);
    stage.transport.receive(invite, fakeConnection());
    assert.deepEqual([offered, stage.transactions.size.servers], [1, 1]);
  });

  test("§7.1 the transaction is gone after Timer L", () => {
    const scene = new Answered();
    scene.established();
    assert.equal(scene.stage.transactions.size.servers, 1);
    scene.stage.clock.advance(32_000);
    assert.equal(scene.stage.transactions.size.servers, 0);
  });

  test("§7.2 2xx of the INVITE are taken for Timer M, then they are strays", () => {
    const call = new Call();
    call.answer(200);
    call.stage.clock.advance(31_999);
    call.answer(200);
    assert.equal(call.transport.requestsOf("ACK").length, 2);
    call.stage.clock.advance(1);
    call.answer(200);
    assert.equal(call.transport.requestsOf("ACK").length, 2);
    assert.deepEqual(call.stage.dropped, ["stray-response"]);
  });

  test("§7.2 a 2xx with another tag is another dialog: acknowledged, hung up, told nobody", () => {
    const call = new Call();
    call.answer(200);
    call.user.heard.length = 0;
    call.answer(200, "fork");
    assert.deepEqual(
      call.transport.requests.slice(-2).map(({ request }) => `${request.method} ${request.to.tag}`),
      ["ACK fork", "BYE fork"],
    );
    assert.deepEqual(call.user.heard, []);
  });

  test("§8.4 the transaction itself acknowledges no 2xx", () => {
    const call = new Call();
    call.answer(200);
    assert.equal(call.transport.requestsOf("ACK").length, 1);
  });
});
