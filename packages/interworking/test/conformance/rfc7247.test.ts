import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HeaderLine } from "@interpres/sip";
import { settled } from "@interpres/testkit";
import { makeMessage, makePresence, parseJid } from "@interpres/xmpp";
import { answered, request } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, STANDARD } from "../fakes/gateway-under-test.ts";
import { offer } from "../fakes/im-conversation.ts";

const ALICE = "alice@example.com";
const DESK = `${ALICE}/desk`;
const BOB = `bob@${STANDARD}`;

/** What each kind of request to an address of alice is answered. */
async function answers(node: GatewayUnderTest, to: string): Promise<readonly (number | undefined)[]> {
  const from = `sip:${BOB}`;
  const subscribed = node.agent.subscribe(from, to).answers;
  await settled();
  const sdp = [["Content-Type", "application/sdp"]] as const;
  const invited = node.agent.invite(request("INVITE", { from, to, headers: sdp, body: offer })).answers;
  const text = [["Content-Type", "text/plain"]] as const;
  const paged = node.agent.page(request("MESSAGE", { from, to, headers: text, body: "x" }));
  return [subscribed, invited, paged].map(([answer]) => answer?.status);
}

describe("what may pass (RFC 7247 §8)", () => {
  test("a request to a sips address is not carried to XMPP", async () => {
    const node = await GatewayUnderTest.started();
    assert.deepEqual(await answers(node, `sips:${ALICE}`), [416, 416, 416]);
    assert.deepEqual([node.rows.size, node.heard()], [0, []]);
  });

  test("unless both operators agreed, for that domain", async () => {
    const node = await GatewayUnderTest.started({ dialect: { securedUris: "carried" } });
    assert.deepEqual(await answers(node, `sips:${ALICE}`), [200, 200, 200]);
  });

  test("a request with its last hop used up ends here: on the other side nobody counts", async () => {
    const node = await GatewayUnderTest.started();
    const last = request("MESSAGE", { from: `sip:${BOB}`, to: `sip:${ALICE}`, headers: [["Max-Forwards", "0"]] });
    assert.equal(node.agent.page(last)[0]?.status, 483);
  });

  test("only users of ours are taken abroad, and only by those who are federated with (RFC 8048 §8.1)", async () => {
    const node = await GatewayUnderTest.started();
    node.say(`eve@${STANDARD}/x`, BOB, "x");
    node.presence("subscribe", `eve@${STANDARD}`, BOB);
    node.local.signIn(DESK);
    node.presence("subscribe", ALICE, "bob@nowhere.example");
    assert.deepEqual([node.agent.pages.length, node.agent.subscriptions.length], [0, 0]);
  });
});

describe("A8: both forms of an address, for people (RFC 7247 §8)", () => {
  const written = "sip:Bob.O'Hara@PARTNER.example";
  const hara = "bob.o\\27hara@partner.example";

  test("decisions and watches keep the URI as requests write it, beside the JID it became", async () => {
    const node = await GatewayUnderTest.started();
    const headers = [["Content-Type", "text/plain"]] as const;
    node.agent.page(request("MESSAGE", { from: written, to: `sip:${ALICE}`, headers, body: "x" }));
    node.agent.subscribe(written, `sip:${ALICE}`);
    await settled();
    const told = node.decisions.map(({ kind, peer, peerUri }) => [kind, peer, peerUri]);
    assert.deepEqual(told, [
      ["message", hara, written],
      ["subscription", hara, written],
    ]);
    const [view] = node.gateway.subscriptions();
    assert.deepEqual([view?.foreign, view?.foreignUri], [hara, written]);
  });

  const rows: readonly (readonly [string, string, string | undefined])[] = [
    [hara, hara, "sip:bob.o'hara@partner.example"],
    [written, hara, written],
    ["pres:bob@partner.example", "bob@partner.example", "pres:bob@partner.example"],
    ["a\\5cxb@partner.example", "a\\5cxb@partner.example", undefined],
  ];
  for (const [text, jid, sipUri] of rows)
    test(`${text} is ${jid}, and ${sipUri ?? "nothing"} in SIP`, async () => {
      const node = await GatewayUnderTest.started();
      assert.deepEqual(node.gateway.bothForms(text), { jid, sipUri });
    });

  test("a local user is shown as peers know her; a domain is no address", async () => {
    const node = await GatewayUnderTest.started();
    node.federationAddresses.set(ALICE, "Alice.A@mail.example");
    assert.equal(node.gateway.bothForms(ALICE)?.sipUri, "sip:Alice.A@mail.example");
    assert.equal(node.gateway.bothForms("sip:alice.a@mail.example")?.jid, ALICE);
    assert.equal(node.gateway.bothForms("partner.example"), undefined);
  });
});

describe("A1: a domain that was not added (RFC 7247 §5)", () => {
  const [from, to] = [parseJid(DESK), parseJid("bob@nowhere.example")];
  const stanzas = {
    message: makeMessage({ type: "chat", from, to }),
    subscription: makePresence({ type: "subscribe", from, to }),
  } as const;
  for (const kind of ["message", "subscription"] as const)
    test(`a ${kind} to it is answered with what DNS tells of the domain, and Why has it`, async () => {
      const node = await GatewayUnderTest.started();
      const heard: string[] = [];
      node.gateway.refuse(stanzas[kind], (text) => heard.push(text));
      await settled();
      assert.deepEqual(heard, ["nowhere.example is nowhere"]);
      const [event] = node.decisions.filter(({ peer }) => peer === "bob@nowhere.example");
      assert.deepEqual([event?.kind, event?.result, event?.user], [kind, "refused 403", ALICE]);
      assert.deepEqual(event?.decisions[0]?.inputs, { network: "none", detail: "nowhere.example is nowhere" });
    });
});

describe("addresses on the wire (RFC 7247 §6)", () => {
  test("a resource is the gr parameter inside the URI, percent-encoded (§6.5)", async () => {
    const node = await GatewayUnderTest.started();
    node.say(`${ALICE}/Käse;x`, BOB, "x");
    assert.equal(node.agent.pages[0]?.message.from, `sip:${ALICE};gr=K%C3%A4se%3Bx`);
  });

  test("B7: contacts are named by sip URIs, in messages and watches, whatever scheme they used (§6.5; RFC 3428 §5)", async () => {
    const node = await GatewayUnderTest.started();
    const headers = [["Content-Type", "text/plain"]] as const;
    node.agent.page(request("MESSAGE", { from: `im:${BOB}`, to: `im:${ALICE}`, headers, body: "x" }));
    node.local.signIn(DESK);
    node.say(DESK, BOB, "x");
    node.presence("subscribe", ALICE, BOB);
    const [page] = node.agent.pages;
    const [watch] = node.agent.subscriptions;
    assert.match(node.heard().join(), new RegExp(`from='${BOB}'`));
    assert.deepEqual([page?.message.to, watch?.init.remoteUri], [`sip:${BOB}`, `sip:${BOB}`]);
  });

  test("gr is the resource, of either side; a temporary one is none (§6.4)", async () => {
    const node = await GatewayUnderTest.started();
    const text = [["Content-Type", "text/plain"]] as const;
    const say = (from: string): string | undefined => {
      node.agent.page(request("MESSAGE", { from, to: `sip:${ALICE};gr=desk`, headers: text, body: "x" }));
      return /from='([^']+)' to='([^']+)'/.exec(node.heard().join())?.slice(1).join(" ");
    };
    assert.equal(say(`sip:${BOB};gr=K%C3%A4se`), `${BOB}/Käse ${DESK}`);
    assert.equal(say(`sip:${BOB};gr`), `${BOB} ${DESK}`);
  });

  test("a contact is addressed as sip, by its A-label and percent codes (§6.5)", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, `tschüss\\40work@${STANDARD}`, "x");
    assert.equal(node.agent.pages[0]?.message.to, `sip:tsch%C3%BCss%40work@${STANDARD}`);
  });
});

describe("refusals of a peer as the sender sees them (RFC 7247 §7, §7.2)", () => {
  const moved: HeaderLine = ["Contact", "sip:o'brien@new.example"];
  const rows: readonly (readonly [rule: string, status: number, headers: readonly HeaderLine[], error: RegExp])[] = [
    [
      "301 is gone, and names the new address (note 1)",
      301,
      [moved],
      /<error type='cancel'><gone [^>]*>xmpp:o\\27brien@new\.example<\/gone>/,
    ],
    ["301 to nowhere is redirect: gone would have to name an address (note 1)", 301, [], /<redirect [^>]*\/>/],
    ["410 is gone, and names none, whatever the peer says (note 1)", 410, [moved], /<gone [^>]*\/>/],
    ["the Reason-Phrase is the text", 480, [], /<recipient-unavailable [^>]*\/><text [^>]*>480 R480<\/text>/],
    ["an unknown 4xx is bad-request", 444, [], /<error type='modify'><bad-request /],
    ["an unknown 5xx is internal-server-error", 555, [], /<internal-server-error /],
    ["an unknown 6xx is recipient-unavailable", 666, [], /<error type='wait'><recipient-unavailable /],
    ["an unknown 3xx is redirect", 333, [], /<redirect /],
  ];
  for (const [rule, status, headers, error] of rows) {
    test(rule, async () => {
      const node = await GatewayUnderTest.started();
      node.say(DESK, BOB, "x");
      node.agent.pages[0]?.done(answered(status, headers));
      assert.match(node.heard().join(), error);
    });
  }
});
