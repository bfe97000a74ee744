import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answered, type FakeSubscription } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, STANDARD } from "../fakes/gateway-under-test.ts";
import { BILL, said } from "../fakes/im-conversation.ts";

const ALICE = "alice@example.com";
const DESK = `${ALICE}/desk`;
const BOB = `bob@${STANDARD}`;
const OPEN =
  '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:x@y"><tuple id="0"><status><basic>open</basic></status></tuple></presence>';

/** Alice, signed in, sees bob. */
async function watching(): Promise<{ readonly node: GatewayUnderTest; readonly subscription: FakeSubscription }> {
  const node = await GatewayUnderTest.started();
  node.local.signIn(DESK);
  node.presence("subscribe", ALICE, BOB);
  const [subscription] = node.agent.subscriptions;
  assert.ok(subscription !== undefined);
  subscription.notify("active", OPEN);
  node.local.told();
  return { node, subscription };
}

describe("the gateway stopped by order", () => {
  test("a message is refused with why, and kept nowhere", async () => {
    const node = await GatewayUnderTest.started();
    node.gateway.stop("rest");
    assert.equal(node.say(DESK, BOB, "hello"), true);
    const [error] = node.heard();
    assert.match(String(error), /type='error'.*type='wait'.*recipient-unavailable.*SIP Federation Is Stopped/);
    assert.equal(node.entries.size, 0);
    await node.gateway.start();
    assert.equal(node.agent.pages.length, 0);
  });

  test("what waits for a session is kept, not refused, and said in another after the start", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BILL, "one");
    node.say(DESK, BILL, "two");
    node.gateway.stop("rest");
    assert.deepEqual([node.heard(), node.entries.size], [[], 2]);
    await node.gateway.start();
    const [, again] = node.agent.invited;
    again?.establish();
    again?.sent[0]?.done(answered(200));
    assert.deepEqual(said(again), ["MESSAGE one", "MESSAGE two"]);
  });

  test("contacts are shown as gone to who is there, and come back with the start", async () => {
    const { node } = await watching();
    node.gateway.stop("rest");
    assert.deepEqual(node.local.told(), [`unavailable ${BOB}/0 ${ALICE}`]);
    await node.gateway.start();
    node.agent.restored[0]?.notify("active", OPEN);
    assert.deepEqual(node.local.told(), [`available ${BOB}/0 ${ALICE}`]);
  });

  test("over a restart contacts stay in sight while their dialogs go on, and newcomers hear of them", async () => {
    const { node } = await watching();
    node.gateway.stop("restart");
    node.local.signIn(`${ALICE}/phone`);
    await node.gateway.start();
    assert.deepEqual(node.local.told(), []);
    node.agent.restored[0]?.notify("active", OPEN);
    assert.deepEqual(node.local.told(), [`available ${BOB}/0 ${ALICE}`]);
  });

  test("over a restart a contact is gone whose domain left meanwhile", async () => {
    const { node } = await watching();
    node.gateway.stop("restart");
    node.federated.delete(STANDARD);
    await node.gateway.start();
    assert.deepEqual(node.local.told(), [`unavailable ${BOB}/0 ${ALICE}`]);
  });

  test("over a restart a contact is gone of whom no row tells", async () => {
    const { node } = await watching();
    node.gateway.stop("restart");
    node.rows.clear();
    await node.gateway.start();
    assert.deepEqual(node.local.told(), [`unavailable ${BOB}/0 ${ALICE}`]);
  });

  test("a start that fails takes the contacts out of sight", async () => {
    const { node } = await watching();
    node.gateway.stop("restart");
    node.disk = "unreadable";
    await assert.rejects(node.gateway.start());
    assert.deepEqual(node.local.told(), [`unavailable ${BOB}/0 ${ALICE}`]);
  });

  test("nobody is told where nobody is there", async () => {
    const { node } = await watching();
    node.local.signOut(DESK);
    node.gateway.stop("rest");
    assert.deepEqual(node.local.told(), []);
  });

  test("a subscription asked for meanwhile is answered with why, and asked of the peer at the start", async () => {
    const node = await GatewayUnderTest.started();
    node.local.signIn(DESK);
    node.gateway.stop("rest");
    node.presence("subscribe", ALICE, BOB);
    assert.match(node.local.told().join(), new RegExp(`^error ${BOB} ${ALICE}.*SIP Federation Is Stopped`));
    assert.equal(node.agent.subscriptions.length, 0);
    await node.gateway.start();
    assert.deepEqual(
      node.agent.subscriptions.map(({ init }) => init.remoteUri),
      [`sip:${BOB}`],
    );
  });

  test("a subscription given up meanwhile is ended at the start; only the last word counts", async () => {
    const { node } = await watching();
    node.gateway.stop("rest");
    node.presence("subscribe", ALICE, BOB);
    node.presence("unsubscribe", ALICE, BOB);
    await node.gateway.start();
    assert.deepEqual(
      node.agent.restored.map(({ state }) => state),
      ["unsubscribing"],
    );
  });

  test("a domain that left meanwhile is spoken to no more; the permission stays", async () => {
    const { node } = await watching();
    node.gateway.stop("rest");
    node.federated.delete(STANDARD);
    await node.gateway.start();
    assert.equal(node.agent.restored.length + node.agent.subscriptions.length, 1);
    const [row, ...others] = [...node.rows.values()];
    assert.deepEqual([row?.authorization, row?.snapshot, others], ["granted", undefined, []]);
  });

  test("twenty times stopped and started, no timer is left and each watch stands once", async () => {
    const { node } = await watching();
    for (let time = 0; time < 20; time += 1) {
      node.gateway.stop("rest");
      assert.equal(node.clock.pendingTimers, 0);
      await node.gateway.start();
    }
    assert.equal(node.gateway.subscriptions().length, 1);
    assert.equal(node.agent.restored.filter(({ state }) => state === "open").length, 1);
  });
});

describe("a way out that opens", () => {
  test("ends the waiting of watches that failed without it", async () => {
    const { node, subscription } = await watching();
    subscription.refuse(503);
    assert.equal(node.agent.subscriptions.length, 1);
    node.gateway.wayOpened();
    assert.equal(node.agent.subscriptions.length, 2);
    assert.equal(node.clock.pendingTimers, 0);
  });

  test("leaves alone who stands, and who has nobody waiting", async () => {
    const { node, subscription } = await watching();
    node.gateway.wayOpened();
    assert.deepEqual([node.agent.subscriptions.length, subscription.refreshes], [1, 0]);
    subscription.refuse(503);
    node.local.signOut(DESK);
    node.gateway.wayOpened();
    assert.equal(node.agent.subscriptions.length, 1);
  });

  test("begins the watch of a domain that is federated with again", async () => {
    const { node, subscription } = await watching();
    const dialect = node.federated.get(STANDARD);
    assert.ok(dialect !== undefined);
    node.remove(STANDARD);
    subscription.user.ended("unsubscribed");
    node.gateway.wayOpened();
    assert.deepEqual([node.agent.subscriptions.length, node.clock.pendingTimers], [1, 0]);
    node.federated.set(STANDARD, dialect);
    node.gateway.wayOpened();
    assert.equal(node.agent.subscriptions.length, 2);
  });
});
