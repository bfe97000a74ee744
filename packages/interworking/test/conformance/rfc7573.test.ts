import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answered, request } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, STANDARD } from "../fakes/gateway-under-test.ts";
import { BILL, DESK, invite, talking } from "../fakes/im-conversation.ts";

const ALICE = "alice@example.com";
const BOB = `bob@${STANDARD}`;

function composing(state: string): ReturnType<typeof request> {
  const body = `<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>${state}</state></isComposing>`;
  const headers = [["Content-Type", "application/im-iscomposing+xml"]] as const;
  return request("MESSAGE", { from: `sip:${BOB}`, to: `sip:${ALICE}`, headers, body });
}

/** Chat states that local users were shown. */
function shown(node: GatewayUnderTest): readonly (string | undefined)[] {
  return node.heard().map((line) => /<(\w+) xmlns='http:\/\/jabber.org\/protocol\/chatstates'/.exec(line)?.[1]);
}

describe("the end of a session, of which XMPP has no word (RFC 7573 §6.1)", () => {
  test("BYE of the peer is gone", async () => {
    const { node, session } = await talking();
    session.user.ended("peer");
    assert.deepEqual(shown(node), ["gone"]);
  });

  test("gone of a user is BYE, and no chat state", async () => {
    const { node, session } = await talking();
    node.chatState(DESK, BILL, "gone");
    assert.deepEqual([session.state, session.sent.length], ["ended", 0]);
    session.user.ended("us");
    assert.deepEqual(shown(node), []);
  });

  test("ten minutes without a message end it, and it is not he who left", async () => {
    const { node, session } = await talking();
    node.clock.advance(600_000);
    assert.equal(session.state, "ended");
    session.user.ended("us");
    assert.deepEqual(shown(node), []);
  });

  test("a session that breaks, or one of several, is nobody leaving", async () => {
    const { node, session } = await talking();
    session.user.ended("failure");
    const again = node.agent.invite(invite());
    again.session?.establish();
    assert.deepEqual(shown(node), []);
  });

  test("nobody is told where nobody is there", async () => {
    const { node, session } = await talking();
    node.local.signOut(DESK);
    session.user.ended("peer");
    assert.deepEqual(node.heard(), []);
  });
});

describe("isComposing as chat states (RFC 7573 §6, table 3)", () => {
  test("active is composing, idle is active", async () => {
    const node = await GatewayUnderTest.started();
    node.local.signIn(DESK);
    node.agent.page(composing("active"));
    node.agent.page(composing("idle"));
    assert.deepEqual(shown(node), ["composing", "active"]);
  });
});

describe("chat states as isComposing (RFC 7573 §6, table 4)", () => {
  for (const state of ["active", "inactive", "paused"]) {
    test(`composing is active, ${state} is idle`, async () => {
      const node = await GatewayUnderTest.started();
      node.chatState(DESK, BOB, "composing");
      node.chatState(DESK, BOB, state);
      const told = node.agent.pages.map(({ message }) => /<state>(\w+)/.exec(String(message.body))?.[1]);
      assert.deepEqual(told, ["active", "idle"]);
    });
  }

  test("gone is nothing where there is no session", async () => {
    const node = await GatewayUnderTest.started();
    node.chatState(DESK, BOB, "gone");
    assert.equal(node.agent.pages.length, 0);
  });
});

describe("what a session is refused with that is not for messages in it", () => {
  for (const [rule, media] of [
    ["MSRP", "m=message 7654 TCP/MSRP *"],
    ["MSRP over TLS", "m=message 7654 TCP/TLS/MSRP *"],
    ["a call", "m=audio 49170 RTP/AVP 0"],
  ] as const) {
    test(`${rule} is 488 with a Warning, and the next MESSAGE is taken (RFC 3261 §13.3.1.3)`, async () => {
      const node = await GatewayUnderTest.started();
      const body = `v=0\r\no=- 0 0 IN IP4 192.0.2.5\r\ns=-\r\nc=IN IP4 192.0.2.5\r\nt=0 0\r\n${media}\r\na=accept-types:text/plain\r\n`;
      const { answers } = node.agent.invite(
        invite({ from: `sip:${BOB}`, body, headers: [["Content-Type", "application/sdp"]] }),
      );
      assert.equal(answers[0]?.status, 488);
      assert.match(String(answers[0]?.options?.headers), /^Warning,304 imp1\.example\.com "/);
      const text = request("MESSAGE", { from: `sip:${BOB}`, to: `sip:${ALICE}`, headers: [], body: "x" });
      assert.equal(node.agent.page(text)[0]?.status, 200);
    });
  }

  test("what we send for a peer without sessions stays a MESSAGE each", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BOB, "x");
    node.agent.pages[0]?.done(answered(200));
    assert.equal(node.agent.invited.length, 0);
  });
});
