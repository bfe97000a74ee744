import assert from "node:assert/strict";
import { test } from "node:test";
import { GatewayUnderTest, STANDARD } from "../fakes/gateway-under-test.ts";

test("a watch the peer no longer answers is told as failed, and as active when it shows the contact again", async () => {
  const node = await GatewayUnderTest.started();
  node.local.signIn("alice@example.com/desk");
  node.presence("subscribe", "alice@example.com", `bob@${STANDARD}`);
  node.agent.subscriptions[0]?.notify("active");
  node.agent.subscriptions[0]?.user.ended("no-notify");
  node.agent.subscriptions[1]?.notify("active");
  assert.deepEqual(
    node.decisions.slice(-2).map(({ result }) => result),
    ["failed", "active"],
  );
});
