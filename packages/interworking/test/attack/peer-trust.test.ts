import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HeaderLine } from "@interpres/sip";
import { request } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, MICROSOFT } from "../fakes/gateway-under-test.ts";

/** Class 32: being a peer is leave to speak for its own users, not to say who somebody is or where we send. */
describe("privilege by peer trust (attack class 32)", () => {
  const asserted: readonly HeaderLine[] = [
    ["P-Asserted-Identity", '"The Boss" <sip:boss@example.com>'],
    ["Remote-Party-ID", "<sip:boss@example.com>;party=calling;privacy=off"],
    ["ms-asserted-verification-level", "ms-source-verified-user=verified"],
    ["ms-identity", "sip:boss@example.com"],
    ["P-Preferred-Identity", "<sip:boss@example.com>"],
    ["Reply-To", "<sip:boss@example.com>"],
  ];
  const from = `sip:bob@${MICROSOFT}`;

  test("a message is from its From, whatever identity a peer asserts beside it", async () => {
    const node = await GatewayUnderTest.started();
    const headers: readonly HeaderLine[] = [["Content-Type", "text/plain"], ...asserted];
    node.agent.page(request("MESSAGE", { from, to: "sip:alice@example.com", headers, body: "pay me" }));
    const [message] = node.local.messages;
    assert.equal(message?.from?.toString(), `bob@${MICROSOFT}`);
    assert.doesNotMatch(node.heard().join(), /boss/);
  });

  test("so is a watcher", async () => {
    const node = await GatewayUnderTest.started();
    node.agent.subscribeBy(request("SUBSCRIBE", { from, to: "sip:alice@example.com", headers: asserted }));
    await node.clock.elapse(1);
    assert.deepEqual(
      node.local.presences.map(({ from: watcher }) => watcher?.toString()),
      [`bob@${MICROSOFT}`],
    );
  });

  test("nothing a peer asserted is passed on to clients", async () => {
    const node = await GatewayUnderTest.started();
    const headers: readonly HeaderLine[] = [["Content-Type", "text/plain"], ...asserted];
    node.agent.page(request("MESSAGE", { from, to: "sip:alice@example.com", headers, body: "x" }));
    assert.doesNotMatch(node.heard().join(), /verified|Asserted|identity/i);
  });
});
