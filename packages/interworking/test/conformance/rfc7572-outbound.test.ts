import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { el } from "@interpres/xmpp/xml";
import { answered } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, MICROSOFT, STANDARD } from "../fakes/gateway-under-test.ts";

const ALICE = "alice@example.com";
const DESK = `${ALICE}/desk`;
const BOB = `bob@${STANDARD}`;

function body(page: { readonly message: { readonly body: Uint8Array | string } } | undefined): string {
  return Buffer.from(page?.message.body ?? "").toString();
}

describe("messages of our users, each on its own (RFC 7572 §4)", () => {
  test("the syntax mapping of table 1", async () => {
    const node = await GatewayUnderTest.started();
    const subject = el("subject", "jabber:client", {}, "Käse\r\nEvil: 1");
    node.say(DESK, BOB, "Wherefore?", { thread: "t-1@x", children: [subject] });
    const [page] = node.agent.pages;
    assert.equal(page?.message.from, "sip:alice@example.com;gr=desk");
    assert.equal(page?.message.to, `sip:${BOB}`);
    assert.equal(page?.message.fromDisplayName, "Alice A.");
    assert.equal(page?.message.callId, "t-1@x");
    assert.match(page?.message.contentType ?? "", /^text\/plain; ?charset=UTF-8$/i);
    assert.equal(body(page), "Wherefore?");
    const headers = new Map(page?.message.headers);
    assert.equal(Buffer.from(headers.get("Subject") ?? "", "latin1").toString(), "Käse Evil: 1");
    assert.match(headers.get("Message-ID") ?? "", /^<[A-Za-z0-9.]+>$/);
  });

  test("of several bodies the one in the stanza's language is sent, with its language (§8)", async () => {
    const node = await GatewayUnderTest.started();
    const german = el("body", "jabber:client", { "xml:lang": "de" }, "Warum?");
    node.say(DESK, BOB, "Wherefore?", { children: [german] });
    node.say(DESK, BOB, "", { children: [german, el("body", "jabber:client", { "xml:lang": "cs" }, "Proč?")] });
    const sent = node.agent.pages.map((sentPage) => [
      body(sentPage),
      new Map(sentPage.message.headers).get("Content-Language"),
    ]);
    assert.deepEqual(sent, [
      ["Wherefore?", undefined],
      ["Warum?", "de"],
    ]);
  });

  test("a thread that is no Call-ID is not made one", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BOB, "x", { thread: "a b\r\nVia: evil" });
    assert.match(node.agent.pages[0]?.message.callId ?? "", /^[A-Za-z0-9]+$/);
  });

  test("it is taken only when it is on the disk, and sent only then", async () => {
    const node = await GatewayUnderTest.started();
    node.disk = "held";
    assert.equal(node.say(DESK, BOB, "x"), false);
    assert.equal(node.agent.pages.length, 0);
    node.flush();
    assert.equal(node.agent.pages.length, 1);
    assert.equal(node.entries.size, 1);
  });

  for (const status of [200, 202]) {
    test(`${status} ends it without a word to the sender (RFC 3428 §4)`, async () => {
      const node = await GatewayUnderTest.started();
      node.say(DESK, BOB, "x");
      node.agent.pages[0]?.done(answered(status));
      assert.deepEqual(node.heard(), []);
      assert.equal(node.entries.size, 0);
    });
  }

  test("messages for one silent domain take their own share; those for another leave", async () => {
    const node = await GatewayUnderTest.started({ settings: { maxUnfinishedForOneDomain: 2 } });
    for (const id of ["m1", "m2", "m3"]) node.say(DESK, BOB, "x", { id });
    node.say(DESK, `bill@${MICROSOFT}`, "x", { id: "m4" });
    assert.deepEqual([node.agent.pages.length, node.agent.invited.length], [2, 1]);
    assert.match(node.heard().join(), /^<message type='error' id='m3'.*resource-constraint/);
    node.agent.pages[0]?.done(answered(200));
    node.say(DESK, BOB, "x", { id: "m5" });
    assert.equal(node.agent.pages.length, 3);
  });

  test("a refusal is an error stanza with its status and reason (RFC 7247 §7.2)", async () => {
    const node = await GatewayUnderTest.started();
    node.local.signIn(DESK);
    node.say(DESK, BOB, "x", { id: "stanza-7" });
    node.agent.pages[0]?.done(answered(480));
    const [error] = node.heard();
    assert.ok(error?.startsWith(`<message type='error' id='stanza-7' from='${BOB}' to='${DESK}'>`), error ?? "nothing");
    assert.match(error ?? "", /<error type='wait'><recipient-unavailable /);
    assert.match(error ?? "", />480 R480<\/text>/);
    assert.equal(node.entries.size, 0);
  });

  test("the peer's diagnosis is for administrators, not for users", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BOB, "x");
    node.agent.pages[0]?.done(answered(504, [["ms-diagnostics-public", '1010;reason="Certificate trust"']]));
    assert.ok(!node.heard().join().includes("1010"));
    const inputs = node.decisions.at(-1)?.decisions[0]?.inputs;
    assert.match(
      `${inputs?.reason1}`,
      /^ms-diagnostics 1010: Certificate trust \(they do not trust our certificate\)$/,
    );
    assert.match(`${inputs?.remedy}`, /import our authority/);
  });

  test("silence and lost connections are errors too", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BOB, "x");
    node.agent.pages[0]?.done({ kind: "failed", cause: "timeout", detail: "" });
    assert.match(node.heard().join(), /remote-server-timeout.*>408 Request Timeout</);
  });

  test("whoever is there hears of the failure when the sending resource is gone", async () => {
    const node = await GatewayUnderTest.started();
    node.local.signIn(`${ALICE}/phone`);
    node.say(DESK, BOB, "x");
    node.agent.pages[0]?.done(answered(404));
    assert.match(node.heard().join(), new RegExp(`to='${ALICE}/phone'.*item-not-found`));
  });

  test("a request of more than 1300 octets is policy-violation, and nothing of it is kept (§6, RFC 3428 §8)", async () => {
    const node = await GatewayUnderTest.started();
    assert.equal(node.say(DESK, BOB, "x".repeat(1000)), true);
    assert.match(node.heard().join(), /policy-violation/);
    assert.deepEqual([node.agent.pages.length, node.entries.size], [0, 0]);
    node.say(DESK, BOB, "x".repeat(700));
    assert.equal(node.agent.pages.length, 1);
  });

  test("a peer whose path takes more is sent more", async () => {
    const node = await GatewayUnderTest.started({ dialect: { pageRequestBytes: 20_000 } });
    node.say(DESK, BOB, "ü".repeat(9000));
    assert.equal(body(node.agent.pages[0]).length, 9000);
    node.say(DESK, BOB, "ü".repeat(10_000));
    assert.match(node.heard().join(), /policy-violation/);
  });

  test("a replayed message has the Call-ID and Message-ID it had", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BOB, "one");
    node.say(DESK, BOB, "two");
    const next = await GatewayUnderTest.started({ entries: [...node.entries.values()] });
    assert.deepEqual(next.agent.pages.map(body), ["one", "two"]);
    const namesOf = ({ agent }: GatewayUnderTest) =>
      agent.pages.map(({ message }) => [message.callId, new Map(message.headers).get("Message-ID")]);
    assert.deepEqual(namesOf(next), namesOf(node));
  });

  test("stopped and started again, each message leaves once and in order", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BOB, "one");
    node.say(DESK, BOB, "two");
    node.gateway.stop("rest");
    node.agent.pages[0]?.done({ kind: "failed", cause: "transport", detail: "closing" });
    await node.gateway.start();
    assert.deepEqual(node.agent.pages.slice(2).map(body), ["one"]);
    for (const sent of node.agent.pages.slice(1)) sent.done(answered(200));
    assert.equal(node.entries.size, 0);
    node.say(DESK, BOB, "three");
    assert.equal(node.agent.pages.length, 4);
  });

  test("a stop leaves in the journal what it cut off", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BOB, "one");
    node.gateway.stop("rest");
    node.agent.pages[0]?.done({ kind: "failed", cause: "transport", detail: "closing" });
    assert.equal(node.entries.size, 1);
    assert.deepEqual(node.heard(), []);
  });

  const refusals: readonly {
    readonly rule: string;
    readonly from: string;
    readonly to: string;
    readonly condition: string;
  }[] = [
    { rule: "a domain not federated with", from: DESK, to: "eve@evil.example", condition: "remote-server-not-found" },
    { rule: "an address nobody can have", from: DESK, to: `a\\5cxb@${STANDARD}`, condition: "jid-malformed" },
  ];
  for (const { rule, from, to, condition } of refusals) {
    test(`${rule}: ${condition}`, async () => {
      const node = await GatewayUnderTest.started();
      assert.equal(node.say(from, to, "x"), true);
      assert.match(node.heard().join(), new RegExp(condition));
      assert.equal(node.entries.size, 0);
    });
  }

  test("a foreign sender's stanza does not leave again (RFC 7247 §8)", async () => {
    const node = await GatewayUnderTest.started();
    assert.equal(node.say(`eve@${MICROSOFT}/x`, BOB, "x"), true);
    assert.equal(node.agent.pages.length, 0);
    assert.deepEqual(node.heard(), []);
  });

  test("receipts, markers and the like are not sent", async () => {
    const node = await GatewayUnderTest.started();
    assert.equal(node.say(DESK, BOB, "", { children: [el("received", "urn:xmpp:receipts", { id: "1" })] }), true);
    assert.equal(node.agent.pages.length, 0);
  });

  test("typing goes as isComposing, once a state, and never again after 415 (RFC 3994 §4)", async () => {
    const node = await GatewayUnderTest.started();
    node.chatState(DESK, BOB, "composing");
    node.chatState(DESK, BOB, "composing");
    assert.deepEqual(
      node.agent.pages.map(({ message }) => message.contentType),
      ["application/im-iscomposing+xml"],
    );
    assert.match(body(node.agent.pages[0]), /<state>active<\/state>/);
    node.chatState(DESK, BOB, "paused");
    assert.match(body(node.agent.pages[1]), /<state>idle<\/state>/);
    node.agent.pages[1]?.done(answered(415));
    node.chatState(DESK, BOB, "composing");
    assert.equal(node.agent.pages.length, 2);
  });

  test("a message ends the typing without a notice of its own", async () => {
    const node = await GatewayUnderTest.started();
    node.chatState(DESK, BOB, "composing");
    node.say(DESK, BOB, "x", { children: [el("active", "http://jabber.org/protocol/chatstates", {})] });
    node.chatState(DESK, BOB, "active");
    assert.equal(node.agent.pages.length, 2);
  });
});
