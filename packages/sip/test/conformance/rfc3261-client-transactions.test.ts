import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildRequest, buildResponse, type ClientTransactionUser, type SipRequest } from "@interpres/sip";
import { fakeConnection } from "./fake-transport.ts";
import { hopTo, Stage, type StageOptions } from "./stage.ts";

const bare: SipRequest = buildRequest({
  method: "MESSAGE",
  requestUri: "sip:alice@contoso.example",
  headers: [
    ["Max-Forwards", "70"],
    ["From", "<sip:bob@example.com>;tag=us"],
    ["To", "<sip:alice@contoso.example>"],
    ["Call-ID", "one"],
    ["CSeq", "1 MESSAGE"],
    ["Route", "<sip:edge.contoso.example;lr>"],
  ],
});

const invite: SipRequest = buildRequest({
  method: "INVITE",
  requestUri: "sip:alice@contoso.example",
  headers: [
    ["Max-Forwards", "70"],
    ["From", "<sip:bob@example.com>;tag=us"],
    ["To", "<sip:alice@contoso.example>"],
    ["Call-ID", "two"],
    ["CSeq", "1 INVITE"],
    ["Route", "<sip:edge.contoso.example;lr>;x=y"],
  ],
});

class Listener implements ClientTransactionUser {
  readonly heard: string[] = [];

  provisional(response: { readonly status: number }): void {
    this.heard.push(`${response.status}`);
  }

  final(response: { readonly status: number }): void {
    this.heard.push(`${response.status}`);
  }

  failed(cause: string): void {
    this.heard.push(cause);
  }
}

function sending(request: SipRequest, options: StageOptions & { readonly hosts?: readonly string[] } = {}) {
  const stage = new Stage(options);
  const user = new Listener();
  const hops = (options.hosts ?? ["one.contoso.example"]).map((host) => hopTo(host));
  const transaction = stage.transactions.request(request, hops, user);
  return { stage, user, transaction };
}

describe("client transactions (RFC 3261 §8.1.3, §9.1, §17.1, §18.1)", () => {
  test("§8.1.1.7 Via: sent-by of ours, branch with the magic cookie", () => {
    const { stage } = sending(bare);
    assert.match(
      stage.transport.lastRequest().topVia.text,
      /^SIP\/2\.0\/TLS sip\.example\.com:5061;branch=z9hG4bK\w{22}$/,
    );
  });

  test("RFC 3581 §3 rport over UDP", () => {
    const stage = new Stage();
    stage.transactions.request(bare, [hopTo("one", "udp")], new Listener());
    assert.equal(stage.transport.lastRequest().topVia.parameters.has("rport"), true);
  });

  test("§17.1.3 a response is matched by branch and method", () => {
    const { stage, user } = sending(bare);
    stage.answer(200);
    assert.deepEqual(user.heard, ["200"]);
    assert.equal(stage.transactions.size.clients, 0);
  });

  test("a request is under way on its connection, and on no other, until its final response", () => {
    const { stage } = sending(bare);
    const { outbound } = stage.transport;
    stage.answer(100);
    assert.equal(stage.transactions.isUnderWay(outbound), true);
    assert.equal(stage.transactions.isUnderWay(fakeConnection()), false);
    stage.answer(200);
    assert.equal(stage.transactions.isUnderWay(outbound), false);
  });

  test("§17.1.3 a stray response is dropped", () => {
    const { stage, user } = sending(bare);
    const other = stage.transport.lastRequest().withTopVia("SIP/2.0/TLS sip.example.com:5061;branch=z9hG4bKother");
    stage.transport.receive(buildResponse(other, 200));
    assert.deepEqual(user.heard, []);
    assert.deepEqual(stage.dropped, ["stray-response"]);
  });

  test("§18.1.2 a response with another sent-by is dropped", () => {
    const { stage, user } = sending(bare);
    const sent = stage.transport.lastRequest();
    const other = sent.withTopVia(sent.topVia.text.replace("sip.example.com", "sip.other.example"));
    stage.transport.receive(buildResponse(other, 200));
    assert.deepEqual(user.heard, []);
  });

  test("§8.1.3.3 a response with two Via values is dropped", () => {
    const { stage, user } = sending(bare);
    const forwarded = stage.transport.lastRequest().with({ append: [["Via", "SIP/2.0/TLS x;branch=z9hG4bKx"]] });
    stage.transport.receive(buildResponse(forwarded, 200));
    assert.deepEqual(user.heard, []);
  });

  test("§17.1.2.2 repeats over UDP only, and times out after 64*T1", () => {
    const stage = new Stage();
    const user = new Listener();
    stage.transactions.request(bare, [hopTo("one", "udp")], user);
    stage.clock.advance(31_999);
    assert.equal(stage.transport.requests.length, 11);
    assert.deepEqual(user.heard, []);
    stage.clock.advance(1);
    assert.deepEqual(user.heard, ["timeout"]);
    assert.equal(stage.clock.pendingTimers, 0);
  });

  test("§17.1.2.2 over TLS the request goes once", () => {
    const { stage, user } = sending(bare);
    stage.clock.advance(32_000);
    assert.equal(stage.transport.requests.length, 1);
    assert.deepEqual(user.heard, ["timeout"]);
  });

  test("§17.1.1.3 the ACK of a refusal: same branch, same Route, To of the response", () => {
    const { stage, user } = sending(invite);
    stage.answer(486);
    const [sent, acknowledgement] = [stage.transport.lastRequest("INVITE"), stage.transport.lastRequest("ACK")];
    assert.equal(acknowledgement.topVia.text, sent.topVia.text);
    assert.equal(acknowledgement.requestUri, sent.requestUri);
    assert.deepEqual(acknowledgement.all("Route"), ["<sip:edge.contoso.example;lr>;x=y"]);
    assert.equal(acknowledgement.to.tag, "peer");
    assert.deepEqual(acknowledgement.cseq, { number: 1, method: "ACK" });
    assert.deepEqual(user.heard, ["486"]);
  });

  test("§9.1 CANCEL waits for a provisional response", () => {
    const { stage, transaction } = sending(invite);
    transaction?.cancel();
    assert.equal(stage.transport.requestsOf("CANCEL").length, 0);
    stage.answer(180, {}, "INVITE");
    const [sent, cancel] = [stage.transport.lastRequest("INVITE"), stage.transport.lastRequest("CANCEL")];
    assert.equal(cancel.topVia.text, sent.topVia.text);
    assert.deepEqual(cancel.cseq, { number: 1, method: "CANCEL" });
    assert.equal(cancel.to.tag, undefined);
    assert.deepEqual(cancel.all("Route"), sent.all("Route"));
  });

  test("§9.1 the answers to CANCEL and INVITE are told apart; 487 ends the INVITE", () => {
    const { stage, user, transaction } = sending(invite);
    stage.answer(180);
    transaction?.cancel();
    stage.answer(200, {}, "CANCEL");
    stage.answer(487, {}, "INVITE");
    assert.deepEqual(user.heard, ["180", "487"]);
    assert.equal(stage.transactions.size.clients, 0);
  });

  test("§9.1 a cancelled request is not taken to the next hop", () => {
    const { stage, user, transaction } = sending(invite, { hosts: ["one", "two"] });
    stage.answer(180);
    transaction?.cancel();
    stage.answer(503, {}, "INVITE");
    assert.deepEqual(user.heard, ["180", "503"]);
    assert.equal(stage.transport.requestsOf("INVITE").length, 1);
  });

  test("§9.1 an INVITE that stays unanswered after CANCEL is over after 64*T1", () => {
    const { stage, user, transaction } = sending(invite);
    stage.answer(180);
    transaction?.cancel();
    stage.clock.advance(32_000);
    assert.deepEqual(user.heard, ["180", "timeout"]);
    assert.equal(stage.clock.pendingTimers, 0);
  });

  const failures = [
    { rule: "a connection lost", fail: (stage: Stage) => stage.transport.close(stage.transport.outbound) },
    { rule: "503", fail: (stage: Stage) => stage.answer(503) },
    { rule: "a timeout", fail: (stage: Stage) => stage.clock.advance(32_000) },
  ];
  for (const { rule, fail } of failures) {
    test(`RFC 3263 §4.3 ${rule}: the next hop gets the request with a new branch`, () => {
      const { stage, user } = sending(bare, { hosts: ["one", "two"] });
      fail(stage);
      const [first, second] = stage.transport.requests;
      assert.deepEqual([first?.hop.host, second?.hop.host], ["one", "two"]);
      assert.notEqual(first?.request.topVia.branch, second?.request.topVia.branch);
      assert.equal(second?.request.vias.length, 1);
      stage.answer(200);
      assert.deepEqual(user.heard, ["200"]);
    });
  }

  test("RFC 3263 §4.3 a hop that cannot be reached: the next one, and transport failure after the last", () => {
    const stage = new Stage();
    const user = new Listener();
    stage.transport.deadHosts.add("one").add("two");
    stage.transactions.request(bare, [hopTo("one"), hopTo("two")], user);
    assert.deepEqual(user.heard, []);
    stage.clock.advance(10);
    assert.equal(stage.transport.requests.length, 2);
    assert.deepEqual(user.heard, ["transport"]);
    assert.equal(stage.clock.pendingTimers, 0);
  });

  test("RFC 3263 §4.3 the last hop's 503 is the answer", () => {
    const { stage, user } = sending(bare, { hosts: ["one", "two"] });
    stage.answer(503);
    stage.answer(503);
    assert.deepEqual(user.heard, ["503"]);
  });

  test("the table is bounded: a request too many fails as by transport, not at once", () => {
    const stage = new Stage({ transactions: { maxClientTransactions: 1 } });
    const [first, second] = [new Listener(), new Listener()];
    stage.transactions.request(bare, [hopTo("one")], first);
    stage.transactions.request(bare, [hopTo("one")], second);
    assert.deepEqual(second.heard, []);
    stage.clock.advance(1);
    assert.deepEqual(second.heard, ["transport"]);
    assert.equal(stage.transport.requests.length, 1);
  });
});
