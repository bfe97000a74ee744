import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { GatewayUnderTest, STANDARD } from "../fakes/gateway-under-test.ts";
import { BILL, DESK, talking } from "../fakes/im-conversation.ts";

const BOB = `bob@${STANDARD}`;
const REFUSED = /<error type='cancel'><service-unavailable .*Instant Messages Are Switched Off/;

describe("the IM gateway switched off (facts B2.7, B9)", () => {
  for (const contact of [BILL, BOB]) {
    test(`a message to ${contact} comes back with the reason, and is kept nowhere`, async () => {
      const node = await GatewayUnderTest.started();
      node.imGateway = "off";
      assert.equal(node.say(DESK, contact, "hello"), true);
      assert.match(node.heard().join(), REFUSED);
      assert.equal(node.entries.size, 0);
      assert.deepEqual([node.agent.invited.length, node.agent.pages.length], [0, 0]);
    });

    test(`typing to ${contact} is not told`, async () => {
      const node = await GatewayUnderTest.started();
      node.imGateway = "off";
      node.chatState(DESK, contact, "composing");
      assert.deepEqual([node.agent.pages.length, node.heard().length], [0, 0]);
    });
  }

  test("what the last run left to be sent comes back", async () => {
    const first = await GatewayUnderTest.started();
    first.say(DESK, BOB, "hello");
    const node = new GatewayUnderTest({ entries: [...first.entries.values()] });
    node.imGateway = "off";
    await node.gateway.start();
    assert.match(node.heard().join(), REFUSED);
    assert.equal(node.entries.size, 0);
  });

  test("sessions that stand are ended; after it is on again the next message calls", async () => {
    const { node, session } = await talking();
    node.imGateway = "off";
    node.gateway.endSessions();
    assert.equal(session.state, "ended");
    assert.deepEqual(node.gateway.imSessions(), []);
    node.imGateway = "on";
    node.say(DESK, BILL, "again");
    assert.equal(node.agent.invited.length, 2);
  });

  test("presence goes on", async () => {
    const node = await GatewayUnderTest.started();
    node.imGateway = "off";
    node.presence("subscribe", "alice@example.com", BILL);
    assert.equal(node.agent.subscriptions.length, 1);
  });
});
