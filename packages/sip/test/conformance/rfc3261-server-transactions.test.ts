import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fakeConnection } from "./fake-transport.ts";
import { peerRequest, Stage } from "./stage.ts";

describe("server transactions (RFC 3261 §8.2, §9.2, §17.2)", () => {
  test("§17.2.3 a repeat over UDP is answered by the transaction, the user sees one request", () => {
    const stage = new Stage();
    const seen: string[] = [];
    stage.core.onPageMessage((request, answer) => {
      seen.push(request.callId);
      answer(200);
    });
    const udp = fakeConnection("udp");
    const request = stage.request({ method: "MESSAGE", callId: "c" }, udp);
    stage.transport.receive(request, udp);
    assert.deepEqual(seen, ["c"]);
    assert.deepEqual(stage.transport.statuses(), [200, 200]);
    stage.clock.advance(32_000);
    assert.equal(stage.transactions.size.servers, 0);
  });

  test("a peer's request is under way on its connection until its final answer", () => {
    const stage = new Stage();
    let answer: ((status: number) => void) | undefined;
    stage.core.onPageMessage((_request, respond) => {
      answer = respond;
    });
    const [udp, other] = [fakeConnection("udp"), fakeConnection("udp")];
    stage.request({ method: "MESSAGE", callId: "c" }, udp);
    assert.equal(stage.transactions.isUnderWay(udp), true);
    assert.equal(stage.transactions.isUnderWay(other), false);
    answer?.(200);
    assert.equal(stage.transactions.size.servers, 1);
    assert.equal(stage.transactions.isUnderWay(udp), false);
  });

  test("§17.2.3 RFC 2543 matching: no cookie, same fields, same transaction", () => {
    const stage = new Stage();
    let seen = 0;
    stage.core.onPageMessage(() => {
      seen += 1;
    });
    const via = "SIP/2.0/UDP 192.0.2.5:5060;branch=1";
    const parts = { method: "MESSAGE", callId: "c", via };
    stage.request(parts, fakeConnection("udp"));
    stage.request(parts, fakeConnection("udp"));
    stage.request({ ...parts, cseq: 2 }, fakeConnection("udp"));
    assert.equal(seen, 2);
  });

  test("§17.2.3 RFC 2543 matching: the ACK of a refusal ends its INVITE", () => {
    const stage = new Stage();
    stage.core.sessions.onInvite((incoming) => incoming.refuse(486));
    const via = "SIP/2.0/UDP 192.0.2.5:5060";
    stage.request({ method: "INVITE", callId: "c", via }, fakeConnection("udp"));
    const to = stage.transport.lastResponse().first("To") ?? "";
    stage.request({ method: "ACK", callId: "c", via, to }, fakeConnection("udp"));
    stage.clock.advance(5000);
    assert.deepEqual(stage.transport.statuses(), [486]);
    assert.equal(stage.transactions.size.servers, 0);
  });

  test("§17.2.1 a refusal is repeated over UDP until the ACK", () => {
    const stage = new Stage();
    stage.core.sessions.onInvite((incoming) => incoming.refuse(486));
    const udp = fakeConnection("udp");
    const via = "SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bKx";
    stage.request({ method: "INVITE", callId: "c", via }, udp);
    stage.clock.advance(1500);
    assert.deepEqual(stage.transport.statuses(), [486, 486, 486]);
    stage.request({ method: "ACK", callId: "c", via, to: stage.transport.lastResponse().first("To") ?? "" }, udp);
    stage.clock.advance(60_000);
    assert.deepEqual(stage.transport.statuses(), [486, 486, 486]);
    assert.equal(stage.clock.pendingTimers, 0);
  });

  test("§17.2.1 100 after 200 ms when the user thinks", () => {
    const stage = new Stage();
    stage.core.sessions.onInvite(() => undefined);
    stage.request({ method: "INVITE" });
    assert.deepEqual(stage.transport.statuses(), []);
    stage.clock.advance(200);
    assert.deepEqual(stage.transport.statuses(), [100]);
    assert.equal(stage.transport.lastResponse().to.tag, undefined);
  });

  test("§8.2.2.2 a merged request is answered 482", () => {
    const stage = new Stage();
    stage.core.onPageMessage(() => undefined);
    stage.request({ method: "MESSAGE", callId: "same" });
    stage.request({ method: "MESSAGE", callId: "same" });
    assert.deepEqual(stage.transport.statuses(), [482]);
  });

  test("§9.2 CANCEL without an INVITE is answered 481", () => {
    const stage = new Stage();
    stage.request({ method: "CANCEL" });
    assert.deepEqual(stage.transport.statuses(), [481]);
  });

  test("§9.2 CANCEL: 200 to it and 487 to the INVITE, with one To tag", () => {
    const stage = new Stage();
    let cancelled = 0;
    stage.core.sessions.onInvite((incoming) =>
      incoming.onCancelled(() => {
        cancelled += 1;
      }),
    );
    const via = "SIP/2.0/TLS edge.contoso.example:5061;branch=z9hG4bKsame";
    stage.request({ method: "INVITE", callId: "c", via });
    stage.request({ method: "CANCEL", callId: "c", via });
    assert.deepEqual(stage.transport.statuses(), [200, 487]);
    const [first, second] = stage.transport.responses;
    assert.equal(first?.cseq.method, "CANCEL");
    assert.equal(second?.cseq.method, "INVITE");
    assert.equal(first?.to.tag, second?.to.tag);
    assert.equal(cancelled, 1);
  });

  test("§9.2 CANCEL after the final answer changes nothing", () => {
    const stage = new Stage();
    let cancelled = 0;
    stage.core.sessions.onInvite((incoming) => {
      incoming.onCancelled(() => {
        cancelled += 1;
      });
      incoming.refuse(486);
    });
    const via = "SIP/2.0/TLS edge.contoso.example:5061;branch=z9hG4bKsame";
    stage.request({ method: "INVITE", callId: "c", via });
    stage.request({ method: "CANCEL", callId: "c", via });
    assert.deepEqual(stage.transport.statuses(), [486, 200]);
    assert.equal(cancelled, 0);
  });

  test("§8.2.6.2 Via, From, Call-ID, CSeq come back as they were", () => {
    const stage = new Stage();
    const via = 'SIP/2.0/TLS 192.0.2.115:5061;branch=z9hG4bKCA97;branched=FALSE;ms-internal-info="bXM/=="';
    const request = stage.request({
      method: "OPTIONS",
      via,
      headers: [["Via", "SIP/2.0/TLS 192.0.2.56:50202;ms-received-port=50202;ms-received-cid=B20C200"]],
    });
    const response = stage.transport.lastResponse();
    assert.deepEqual(response.all("Via"), request.all("Via"));
    assert.equal(response.first("From"), request.first("From"));
    assert.equal(response.callId, request.callId);
    assert.equal(response.first("CSeq"), request.first("CSeq"));
  });

  test("the gate refuses before any state is made, and drops without a word", () => {
    const stage = new Stage({
      gate: {
        admit: ({ method }) =>
          method === "MESSAGE"
            ? { kind: "refuse", status: 403, rule: "claimed-domain", retryAfterSeconds: 5 }
            : { kind: "drop", rule: "rate" },
      },
    });
    stage.request({ method: "MESSAGE" });
    assert.deepEqual(stage.transport.statuses(), [403]);
    assert.equal(stage.transport.lastResponse().first("Retry-After"), "5");
    stage.request({ method: "OPTIONS" });
    stage.request({ method: "ACK" });
    assert.deepEqual(stage.transport.statuses(), [403]);
    assert.equal(stage.transactions.size.servers, 0);
    assert.deepEqual(stage.dropped, ["rate", "rate"]);
  });

  test("the gate is asked within dialogs too", () => {
    let asked = 0;
    const stage = new Stage({
      gate: {
        admit: () => {
          asked += 1;
          return { kind: "admit" };
        },
      },
    });
    stage.request({ method: "INFO", to: "<sip:bob@example.com>;tag=unknown" });
    assert.equal(asked, 1);
    assert.deepEqual(stage.transport.statuses(), [481]);
  });

  test("the table is bounded: 503 with Retry-After, without state", () => {
    const stage = new Stage({ transactions: { maxServerTransactions: 1 } });
    stage.core.onPageMessage(() => undefined);
    stage.request({ method: "MESSAGE" });
    stage.request({ method: "MESSAGE" });
    assert.deepEqual(stage.transport.statuses(), [503]);
    assert.notEqual(stage.transport.lastResponse().first("Retry-After"), undefined);
    assert.equal(stage.transactions.size.servers, 1);
  });

  for (const method of ["ACK", "BENOTIFY"]) {
    test(`${method} is never answered`, () => {
      const stage = new Stage();
      stage.request({ method, to: "<sip:bob@example.com>;tag=nobody", headers: [["Require", "nonsense"]] });
      stage.transport.receive(peerRequest({ method }).with({ remove: ["From"] }));
      stage.clock.advance(60_000);
      assert.deepEqual(stage.transport.statuses(), []);
      assert.equal(stage.transactions.size.servers, 0);
    });
  }

  test("a fault in a handler costs one 500 and nothing else", () => {
    const stage = new Stage();
    stage.core.onPageMessage(() => {
      throw new Error("ours");
    });
    stage.request({ method: "MESSAGE" });
    stage.request({ method: "OPTIONS" });
    assert.deepEqual(stage.transport.statuses(), [500, 200]);
  });
});
