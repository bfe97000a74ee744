import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HeaderLine, SipRequest } from "@interpres/sip";
import { settled } from "@interpres/testkit";
import { makePresence } from "@interpres/xmpp";
import { child, type Element, withChildren } from "@interpres/xmpp/xml";
import { jid } from "../fakes/fake-local-domain.ts";
import { answered, request } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, MICROSOFT, STANDARD } from "../fakes/gateway-under-test.ts";
import { BILL, inDialog, talking } from "../fakes/im-conversation.ts";

const ALICE = "alice@example.com";
const DESK = `${ALICE}/desk`;
const BOB = `bob@${STANDARD}`;
const TRAIL = "urn:interpres:trail:0";

/** The marker a stanza bears. */
function trailIn(element: Element | undefined): Element {
  const found = element === undefined ? undefined : child(element, "trail", TRAIL);
  assert.ok(found, "no marker");
  return found;
}

function gatewayTrail(headers: readonly HeaderLine[] | undefined): string {
  return headers?.find(([name]) => name === "Gateway-Trail")?.[1] ?? "";
}

function message(headers: readonly HeaderLine[] = [], from = BOB): SipRequest {
  const type: HeaderLine = ["Content-Type", "text/plain"];
  return request("MESSAGE", { from: `sip:${from}`, to: `sip:${ALICE}`, headers: [type, ...headers], body: "hello" });
}

/** What a request from outside came to. */
async function arrive({ agent }: GatewayUnderTest, incoming: SipRequest): Promise<number | undefined> {
  const { method } = incoming;
  const answers =
    method === "MESSAGE"
      ? agent.page(incoming)
      : (method === "INVITE" ? agent.invite(incoming) : agent.subscribeBy(incoming)).answers;
  await settled();
  return answers[0]?.status;
}

describe("a gateway is a back-to-back user agent for loops (RFC 7247 §8, facts A5)", () => {
  test("MESSAGE into XMPP: the stanza bears one hop less, and our mark", async () => {
    const node = await GatewayUnderTest.started();
    await arrive(node, message([["Max-Forwards", "12"]]));
    const trail = trailIn(node.local.messages[0]?.element);
    assert.equal(trail.attributes.get("hops"), "11");
    assert.equal(trail.children.length, 1);
  });

  test("a message that began here leaves with all hops and our mark", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BOB, "x");
    const page = node.agent.pages[0]?.message;
    assert.equal(page?.maxForwards, 70);
    assert.match(gatewayTrail(page?.headers), /^[\w-]{24}$/);
  });

  test("one that came over another gateway leaves with one hop less and both marks", async () => {
    const [other, node] = [await GatewayUnderTest.started(), await GatewayUnderTest.started({ seed: 99 })];
    await arrive(other, message([["Max-Forwards", "12"]]));
    node.say(DESK, BOB, "on and on", { children: [trailIn(other.local.messages[0]?.element)] });
    const page = node.agent.pages[0]?.message;
    assert.equal(page?.maxForwards, 10);
    assert.equal(gatewayTrail(page?.headers).split(", ").length, 2);
  });

  test("one whose marks somebody took away has its hops still", async () => {
    const [other, node] = [await GatewayUnderTest.started(), await GatewayUnderTest.started({ seed: 99 })];
    await arrive(other, message([["Max-Forwards", "12"]]));
    node.say(DESK, BOB, "x", { children: [withChildren(trailIn(other.local.messages[0]?.element), [])] });
    const page = node.agent.pages[0]?.message;
    assert.equal(page?.maxForwards, 10);
    assert.match(gatewayTrail(page?.headers), /^[\w-]{24}$/);
  });

  for (const method of ["MESSAGE", "SUBSCRIBE", "INVITE"]) {
    test(`${method} with no hop left: 483, nothing in XMPP`, async () => {
      const node = await GatewayUnderTest.started();
      const spent = request(method, {
        from: `sip:${BOB}`,
        to: `sip:${ALICE}`,
        headers: [["Max-Forwards", "0"]],
        body: "",
      });
      assert.equal(await arrive(node, spent), 483);
      assert.deepEqual([node.local.messages.length, node.local.presences.length], [0, 0]);
    });
  }

  test("a stanza with no hop left does not leave", async () => {
    const [other, node] = [await GatewayUnderTest.started(), await GatewayUnderTest.started({ seed: 99 })];
    await arrive(other, message([["Max-Forwards", "1"]]));
    node.say(DESK, BOB, "x", { children: [trailIn(other.local.messages[0]?.element)] });
    assert.equal(node.agent.pages.length, 0);
    assert.match(node.heard().join(), /Too Many Hops/);
  });
});

describe("loops over both protocols (RFC 7247 §8, facts A6)", () => {
  for (const domain of [STANDARD, MICROSOFT]) {
    test(`SIP to XMPP to SIP: a stanza that came through us does not leave again for ${domain}`, async () => {
      const node = await GatewayUnderTest.started();
      await arrive(node, message());
      const trail = trailIn(node.local.messages[0]?.element);
      node.heard();
      node.say(DESK, `carol@${domain}`, "hello", { children: [trail] });
      assert.equal(node.agent.pages.length + node.agent.invited.length, 0);
      assert.match(node.heard().join(), /<error type='modify'><not-acceptable .*Loop Detected/);
      const decision = node.decisions.at(-1);
      assert.deepEqual([decision?.decisions[0]?.rule, decision?.result], ["loop", "refused 482"]);
      assert.equal(node.entries.size, 0);
    });
  }

  for (const method of ["MESSAGE", "SUBSCRIBE", "INVITE"]) {
    test(`XMPP to SIP to XMPP: ${method} that left us does not come in again`, async () => {
      const node = await GatewayUnderTest.started();
      node.say(DESK, BOB, "x");
      const mark = gatewayTrail(node.agent.pages[0]?.message.headers);
      const headers: readonly HeaderLine[] = [
        ["Gateway-Trail", `AAAAAAAAAAAAAAAAAAAAAAAA, ${mark}`],
        ["Content-Type", method === "INVITE" ? "application/sdp" : "text/plain"],
      ];
      const back = request(method, { from: `sip:carol@${MICROSOFT}`, to: `sip:${ALICE}`, headers, body: "hello" });
      assert.equal(await arrive(node, back), 482);
      const decision = node.decisions.at(-1);
      assert.deepEqual([decision?.decisions[0]?.rule, decision?.result], ["loop", "refused 482"]);
      assert.equal(node.local.messages.length, 0);
    });
  }

  test("the same within a session: what is said there bears our mark, and does not come in again", async () => {
    const { node, session } = await talking();
    node.say(DESK, BILL, "x");
    const said = session.sent[0]?.request;
    const mark = gatewayTrail(said?.headers);
    assert.equal(said?.maxForwards, 70);
    const answers: number[] = [];
    const back = inDialog("MESSAGE", "x", "text/plain", ["Gateway-Trail", mark]);
    session.user.request(back, (status) => answers.push(status));
    session.user.request(inDialog("MESSAGE", "y", "text/plain"), (status) => answers.push(status));
    assert.deepEqual(answers, [482, 200]);
    assert.equal(node.local.messages.length, 1);
  });

  test("a request for a subscription that came through us does not leave again", async () => {
    const node = await GatewayUnderTest.started();
    await arrive(node, request("SUBSCRIBE", { from: `sip:${BOB}`, to: `sip:${ALICE}` }));
    const asked = node.local.presences.find(({ type }) => type === "subscribe");
    const trail = trailIn(asked?.element);
    const again = { type: "subscribe", from: jid(ALICE), to: jid(`carol@${STANDARD}`) } as const;
    node.gateway.presence(makePresence(again, trail));
    assert.equal(node.agent.subscriptions.length, 0);
    assert.equal(node.local.presences.at(-1)?.type, "error");
    assert.equal(node.decisions.at(-1)?.result, "refused 482");
  });

  test("our SUBSCRIBE and our INVITE bear our mark", async () => {
    const node = await GatewayUnderTest.started();
    node.presence("subscribe", ALICE, BOB);
    node.say(DESK, `carol@${MICROSOFT}`, "x");
    assert.match(gatewayTrail(node.agent.subscriptions[0]?.init.headers), /^[\w-]{24}$/);
    assert.match(gatewayTrail(node.agent.invited[0]?.init?.headers), /^[\w-]{24}$/);
  });

  test("someone forwards what he was sent, within a message of his own: no loop", async () => {
    const node = await GatewayUnderTest.started();
    await arrive(node, message());
    const received = node.local.messages[0]?.element;
    assert.ok(received);
    node.say(DESK, BOB, "look", { children: [{ ...received, name: "forwarded", namespace: "urn:xmpp:forward:0" }] });
    assert.equal(node.agent.pages.length, 1);
  });

  test("both sides of a pair have the same address: neither way", async () => {
    const node = await GatewayUnderTest.started();
    node.federationAddresses.set(ALICE, BOB);
    node.say(DESK, BOB, "to whom?");
    assert.equal(node.agent.pages.length, 0);
    assert.deepEqual(node.decisions.at(-1)?.decisions[0]?.rule, "same-address");
    const self = request("MESSAGE", {
      from: `sip:${BOB}`,
      to: `sip:${BOB}`,
      headers: [["Content-Type", "text/plain"]],
      body: "x",
    });
    assert.equal(await arrive(node, self), 482);
    assert.deepEqual(node.decisions.at(-1)?.decisions[0]?.rule, "same-address");
  });

  test("a message kept over a restart keeps its trail", async () => {
    const [other, before] = [await GatewayUnderTest.started(), await GatewayUnderTest.started({ seed: 99 })];
    await arrive(other, message([["Max-Forwards", "12"]]));
    before.say(DESK, BOB, "x", { children: [trailIn(other.local.messages[0]?.element)] });
    const after = await GatewayUnderTest.started({ seed: 5, entries: [...before.entries.values()] });
    const page = after.agent.pages[0]?.message;
    assert.deepEqual([page?.maxForwards, gatewayTrail(page?.headers).split(", ").length], [10, 2]);
    after.agent.pages[0]?.done(answered(200));
  });
});
