import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { settled } from "@interpres/testkit";
import type { BareJid, RosterVerdict } from "@interpres/xmpp";
import { jid } from "../fakes/fake-local-domain.ts";
import { GatewayUnderTest, STANDARD } from "../fakes/gateway-under-test.ts";
import { pidf } from "../fakes/outbound-watching.ts";

const ALICE = "alice@example.com";
const CAROL = "carol@example.com";
const BOB = `bob@${STANDARD}`;
const OTHER = `carl@${STANDARD}`;

/** Bob's SUBSCRIBE, with what alice's server says of him. */
async function watched(verdict: RosterVerdict, watcher = BOB) {
  const node = await GatewayUnderTest.started();
  return { node, ...(await subscribe(node, verdict, watcher)) };
}

async function subscribe(node: GatewayUnderTest, verdict: RosterVerdict, watcher = BOB) {
  node.local.verdicts.set(`${watcher} ${ALICE}`, verdict);
  const seen = node.agent.subscribe(`sip:${watcher}`, `sip:${ALICE}`);
  await settled();
  return { answers: seen.answers, watch: seen.watch };
}

const ofAlice = (user: BareJid): boolean => user.equals(jid(ALICE));

describe("users whose rosters another server keeps (decision 0022)", () => {
  test("a watcher of whom the server has said nothing is asked about, and waits", async () => {
    const { node, answers, watch } = await watched("undecided");
    assert.deepEqual(answers, [{ status: 200 }]);
    assert.deepEqual(watch?.told(), ["pending"]);
    assert.deepEqual(node.local.told(), [`subscribe ${BOB} ${ALICE}`]);
  });

  test("a new watcher is turned away with 480, never 503, while the server cannot be asked", async () => {
    const { node, answers } = await watched("unreachable");
    assert.deepEqual(
      answers.map(({ status }) => status),
      [480],
    );
    assert.deepEqual(node.local.told(), []);
    assert.equal(node.rows.size, 0);
  });

  for (const verdict of ["undecided", "unreachable"] as const) {
    test(`a permission stands while the server is silent: ${verdict}`, async () => {
      const { node, watch } = await watched("granted");
      node.local.signIn(`${ALICE}/desk`);
      await node.changed(`${ALICE}/desk`, BOB);
      assert.deepEqual(watch?.told(), ["active closed", "active open"]);
      node.local.verdicts.set(`${BOB} ${ALICE}`, verdict);
      node.local.signOut(`${ALICE}/desk`);
      node.clock.advance(10_000);
      node.gateway.presenceLost(jid(ALICE), jid(BOB));
      await node.clock.elapse(10_000);
      assert.deepEqual(watch?.told(), ["active closed"]);
      const [row] = [...node.rows.values()];
      assert.equal(row?.authorization, "granted");
    });
  }

  test("when it is back it is asked how those are who are watched, once for a pair, and once more about strangers", async () => {
    const { node } = await watched("granted");
    await subscribe(node, "granted");
    await subscribe(node, "undecided", OTHER);
    node.local.told();
    node.gateway.usersReturned(ofAlice);
    assert.deepEqual(node.local.told(), [`probe ${BOB} ${ALICE}`, `subscribe ${OTHER} ${ALICE}`]);
  });

  test("never a probe for a watcher who was refused, nor for users of other servers", async () => {
    const { node } = await watched("undecided");
    node.local.told();
    node.gateway.usersReturned((user) => user.equals(jid(CAROL)));
    assert.deepEqual(node.local.told(), []);
    node.presence("unsubscribed", ALICE, BOB);
    node.gateway.usersReturned(ofAlice);
    assert.deepEqual(node.local.told(), []);
  });

  test("when it is back its users are shown again what they saw, and a dialog that lapsed begins anew", async () => {
    const node = await GatewayUnderTest.started();
    node.local.signIn(`${ALICE}/desk`);
    node.presence("subscribe", ALICE, BOB);
    const [subscription] = node.agent.subscriptions;
    subscription?.notify("active", pidf("open"));
    assert.deepEqual(node.local.told(), [`subscribed ${BOB} ${ALICE}`, `available ${BOB}/0 ${ALICE}`]);
    node.gateway.usersReturned(ofAlice);
    assert.deepEqual(node.local.told(), [`available ${BOB}/0 ${ALICE}`]);
  });

  test("when the attachment ends both sides are told: contacts leave, watchers watch nobody", async () => {
    const { node, watch } = await watched("granted");
    node.local.signIn(`${ALICE}/desk`);
    node.presence("subscribe", ALICE, BOB);
    node.agent.subscriptions[0]?.notify("active", pidf("open"));
    node.local.told();
    watch?.told();
    node.gateway.usersWithdrawn(ofAlice);
    assert.deepEqual(node.local.told(), [`unavailable ${BOB}/0 ${ALICE}`]);
    assert.equal(node.agent.subscriptions[0]?.state, "unsubscribing");
    assert.deepEqual(watch?.told(), ["terminated noresource"]);
  });

  test("what her server probes for she watches, though we kept no row of it", async () => {
    const node = await GatewayUnderTest.started();
    node.local.rosters.set(ALICE, [jid(BOB)]);
    node.presence("probe", `${ALICE}/desk`, BOB);
    await settled();
    assert.equal(node.agent.subscriptions.length, 1);
    assert.equal([...node.rows.values()][0]?.authorization, "granted");
  });
});
