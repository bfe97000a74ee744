import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dialects } from "@interpres/federation";
import { settled } from "@interpres/testkit";
import { answered, type FakeSubscription, type FakeWatch } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, MICROSOFT, STANDARD } from "../fakes/gateway-under-test.ts";
import { inDialog, invite, said, talking } from "../fakes/im-conversation.ts";

const ALICE = "alice@example.com";
const MAIL = "Alice.A@mail.example";
const DESK = `${ALICE}/desk`;
const BOB = `bob@${STANDARD}`;
const BILL = `bill@${MICROSOFT}`;
const OPEN = `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:x@y"><tuple id="0"><status><basic>open</basic></status></tuple></presence>`;

/** Alice goes by her mail address from now on. */
function switchOver(node: GatewayUnderTest): void {
  node.federationAddresses.set(ALICE, MAIL);
  node.gateway.identitiesChanged();
}

async function watching(contact = BOB): Promise<{ node: GatewayUnderTest; subscription: FakeSubscription }> {
  const node = await GatewayUnderTest.started();
  node.local.signIn(DESK);
  node.presence("subscribe", ALICE, contact);
  const [subscription] = node.agent.subscriptions;
  assert.ok(subscription !== undefined);
  subscription.notify("active", OPEN);
  node.local.told();
  return { node, subscription };
}

async function watched(watcher: string): Promise<{ node: GatewayUnderTest; watch: FakeWatch }> {
  const node = await GatewayUnderTest.started();
  node.local.verdicts.set(`${watcher} ${ALICE}`, "granted");
  node.local.signIn(DESK);
  const seen = node.agent.subscribe(`sip:${watcher}`, `sip:${ALICE}`);
  await settled();
  assert.ok(seen.watch !== undefined);
  seen.watch.told();
  return { node, watch: seen.watch };
}

function nameOf(subscription: FakeSubscription | undefined): string | undefined {
  return subscription?.init.localUri;
}

describe("an address for federation changes: whom our users watch", () => {
  test("the old dialog is ended, the contact asked in the new name, and she notices nothing", async () => {
    const { node, subscription } = await watching();
    switchOver(node);
    assert.equal(subscription.state, "unsubscribing");
    assert.equal(nameOf(node.agent.subscriptions[1]), `sip:${MAIL}`);
    node.agent.subscriptions[1]?.notify("active", OPEN);
    subscription.user.ended("unsubscribed");
    assert.deepEqual(node.local.told(), []);
    node.gateway.identitiesChanged();
    assert.equal(node.agent.subscriptions.length, 2);
  });

  test("a question that has no answer yet is withdrawn and asked in the new name", async () => {
    const node = await GatewayUnderTest.started();
    node.local.signIn(DESK);
    node.presence("subscribe", ALICE, BOB);
    switchOver(node);
    const [first, second] = node.agent.subscriptions;
    assert.equal(first?.state, "unsubscribing");
    assert.equal(nameOf(second), `sip:${MAIL}`);
    first?.notify("active", OPEN);
    assert.deepEqual(node.local.told(), []);
    second?.notify("active", OPEN);
    assert.match(node.local.told().join("; "), /subscribed bob.*available bob/);
  });

  test("one that still stands in line leaves once, in the new name", async () => {
    const node = await GatewayUnderTest.started();
    node.local.signIn(DESK);
    const { burst } = dialects.microsoft;
    for (let n = 0; n <= burst; n += 1) node.presence("subscribe", ALICE, `b${n}@${MICROSOFT}`);
    node.federationAddresses.set(ALICE, MAIL);
    node.gateway.identitiesChanged(new Set(["carol@example.com"]));
    node.clock.advance(1000);
    assert.equal(node.agent.subscriptions.length, burst + 1);
    assert.equal(nameOf(node.agent.subscriptions.at(-1)), `sip:${MAIL}`);
  });

  test("many go at the peer's rate, the ends among them", async () => {
    const node = await GatewayUnderTest.started();
    node.local.signIn(DESK);
    for (let n = 0; n < 50; n += 1) node.presence("subscribe", ALICE, `b${n}@${MICROSOFT}`);
    node.clock.advance(10_000);
    for (const subscription of node.agent.subscriptions) subscription.notify("active", OPEN);
    node.clock.advance(10_000);
    switchOver(node);
    const { ratePerSecond } = dialects.microsoft;
    for (let second = 1; second <= 5; second += 1) {
      node.clock.advance(1000);
      assert.ok(requestsSince(node, 50) <= ratePerSecond * (second + 1), `${requestsSince(node, 50)} in ${second} s`);
    }
    node.clock.advance(10_000);
    assert.equal(requestsSince(node, 50), 100);
  });

  test("for one who is away the old dialog ends; her next sign-in asks in the new name (R73)", async () => {
    const { node, subscription } = await watching();
    node.local.signOut(DESK);
    switchOver(node);
    assert.equal(subscription.state, "unsubscribing");
    assert.equal(node.agent.subscriptions.length, 1);
    assert.deepEqual(
      [...node.rows.values()].map((row) => row.snapshot),
      [undefined],
    );
    node.local.signIn(DESK);
    node.presence("probe", DESK, BOB);
    assert.equal(nameOf(node.agent.subscriptions[1]), `sip:${MAIL}`);
  });

  test("a switch-over that the end of the process cut off goes on at the next start", async () => {
    const { node } = await watching();
    const next = new GatewayUnderTest({ rows: [...node.rows.values()] });
    next.local.signIn(DESK);
    next.federationAddresses.set(ALICE, MAIL);
    await next.gateway.start();
    assert.deepEqual([next.agent.restored[0]?.state, next.agent.restored[0]?.refreshes], ["unsubscribing", 0]);
    assert.equal(nameOf(next.agent.subscriptions[0]), `sip:${MAIL}`);
  });

  test("while the contact has not agreed to the new name he is shown as gone", async () => {
    const { node } = await watching();
    switchOver(node);
    node.agent.subscriptions[1]?.notify("pending");
    assert.deepEqual(node.local.told(), [`unavailable ${BOB}/0 ${ALICE}`]);
    node.agent.subscriptions[1]?.notify("active", OPEN);
    assert.match(node.local.told().join(), /^available/);
  });

  test("other users' watches stay as they are", async () => {
    const { node, subscription } = await watching();
    node.federationAddresses.set(ALICE, MAIL);
    node.gateway.identitiesChanged(new Set(["carol@example.com"]));
    assert.equal(subscription.state, "open");
    node.gateway.identitiesChanged(new Set([ALICE]));
    assert.equal(subscription.state, "unsubscribing");
  });
});

describe("an address for federation changes: who watches our users", () => {
  test("who watches an address that is no longer hers watches nobody (RFC 6665 §4.1.3, noresource)", async () => {
    const { node, watch } = await watched(BOB);
    node.gateway.identitiesChanged();
    assert.deepEqual(watch.told(), []);
    switchOver(node);
    assert.deepEqual(watch.told(), ["terminated noresource"]);
    assert.deepEqual(node.gateway.subscriptions(), []);
  });

  test("who watched it when the process ended is told at the next start", async () => {
    const { node } = await watched(BOB);
    const next = new GatewayUnderTest({ rows: [...node.rows.values()] });
    next.federationAddresses.set(ALICE, MAIL);
    await next.gateway.start();
    assert.deepEqual(next.agent.watches[0]?.told(), ["terminated noresource"]);
  });

  test("while the old address is accepted he goes on, and is told of the new one (C11)", async () => {
    const { node, watch } = await watched(BOB);
    node.acceptsJids = true;
    switchOver(node);
    assert.deepEqual(watch.told(), []);
    node.gateway.refresh(node.gateway.subscriptions()[0]?.id ?? "");
    await settled();
    const body = String(watch.notified[0]?.body);
    assert.match(body, new RegExp(`entity="sip:${ALICE}"`));
    assert.match(body, new RegExp(`<contact[^>]*>sip:${MAIL}</contact>`));
    node.acceptsJids = false;
    node.gateway.identitiesChanged();
    assert.equal(watch.told().at(-1), "terminated noresource");
  });
});

describe("an address for federation changes: who talks", () => {
  test("a silent session ends; the next message calls in the new name", async () => {
    const { node, session } = await talking();
    switchOver(node);
    assert.equal(session.state, "ended");
    assert.deepEqual(node.gateway.imSessions(), []);
    node.say(DESK, BILL, "two");
    const next = node.agent.invited[1];
    assert.equal(next?.init?.from, `sip:${MAIL}`);
    session.user.ended("us");
    next?.establish();
    assert.deepEqual(said(next), ["MESSAGE two"]);
  });

  test("what is being said gets its answer before the end, what waits is said once in the new session", async () => {
    const { node, session } = await talking();
    node.say(DESK, BILL, "two");
    node.say(DESK, BILL, "three");
    switchOver(node);
    assert.equal(session.state, "established");
    assert.equal(node.agent.invited.length, 1);
    session.sent[0]?.done(answered(200));
    assert.equal(session.state, "ended");
    const next = node.agent.invited[1];
    session.user.ended("us");
    next?.establish();
    next?.sent[0]?.done(answered(200));
    assert.deepEqual([said(session), said(next)], [["MESSAGE two"], ["MESSAGE three"]]);
    assert.equal(node.entries.size, 0);
    assert.deepEqual(node.heard(), []);
  });

  test("a call under way is given up and made again in the new name, with what waited for it", async () => {
    const node = await GatewayUnderTest.started();
    node.local.signIn(DESK);
    node.say(DESK, BILL, "one");
    switchOver(node);
    const [first, second] = node.agent.invited;
    assert.equal(first?.state, "ended");
    assert.equal(second?.init?.from, `sip:${MAIL}`);
    first?.user.refused(answered(487));
    second?.establish();
    second?.sent[0]?.done(answered(200));
    assert.deepEqual(said(second), ["MESSAGE one"]);
    assert.deepEqual([node.entries.size, node.heard()], [0, []]);
  });

  test("what the peer says until our BYE leaves is heard", async () => {
    const node = await GatewayUnderTest.started();
    node.local.signIn(DESK);
    const { session } = node.agent.invite(invite());
    session?.establish();
    const { burst } = dialects.microsoft;
    for (let n = 0; n < burst; n += 1) node.presence("subscribe", ALICE, `b${n}@${MICROSOFT}`);
    switchOver(node);
    assert.equal(session?.state, "established");
    const statuses: number[] = [];
    session?.user.request(inDialog("MESSAGE", "late", "text/plain"), (status) => statuses.push(status));
    assert.deepEqual(statuses, [200]);
    assert.match(node.heard().join(), /late/);
    node.clock.advance(5000);
    assert.equal(session?.state, "ended");
  });

  test("a session at the old address stays while that is accepted, ours in the old name does not (C11)", async () => {
    const { node, session } = await talking();
    node.acceptsJids = true;
    switchOver(node);
    assert.equal(session.state, "ended");
    const { session: theirs } = node.agent.invite(invite());
    theirs?.establish();
    node.gateway.identitiesChanged();
    assert.equal(theirs?.state, "established");
    node.acceptsJids = false;
    node.gateway.identitiesChanged();
    assert.equal(theirs?.state, "ended");
  });
});

/** SUBSCRIBE requests of both kinds since the first `count` subscriptions. */
function requestsSince(node: GatewayUnderTest, count: number): number {
  const { subscriptions } = node.agent;
  return subscriptions.length - count + subscriptions.filter(({ state }) => state === "unsubscribing").length;
}
