import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { settled } from "@interpres/testkit";
import type { RosterVerdict } from "@interpres/xmpp";
import { jid, show, status } from "../fakes/fake-local-domain.ts";
import type { Answered, FakeWatch } from "../fakes/fake-user-agent.ts";
import { AOL, GatewayUnderTest, MICROSOFT, type Overrides, STANDARD } from "../fakes/gateway-under-test.ts";

const ALICE = "alice@example.com";
const BOB = `bob@${STANDARD}`;
const BILL = `bill@${MICROSOFT}`;

interface Watched {
  readonly node: GatewayUnderTest;
  readonly answers: readonly Answered[];
  readonly watch: FakeWatch;
}

async function watched(watcher: string, verdict: RosterVerdict, overrides: Overrides = {}): Promise<Watched> {
  const node = await GatewayUnderTest.started(overrides);
  node.local.verdicts.set(`${watcher} ${ALICE}`, verdict);
  node.local.signIn(`${ALICE}/desk`);
  const seen = node.agent.subscribe(`sip:${watcher}`, `sip:${ALICE}`);
  await settled();
  assert.ok(seen.watch !== undefined);
  return { node, answers: seen.answers, watch: seen.watch };
}

describe("foreign contacts watch our users (RFC 8048 §5.3)", () => {
  test("who may is told at once: 200, active, the state (§5.3.2)", async () => {
    const { node, answers, watch } = await watched(BOB, "granted");
    assert.deepEqual(answers, [{ status: 200 }]);
    assert.deepEqual(watch.told(), ["active open"]);
    assert.deepEqual(node.local.told(), []);
  });

  for (const watcher of [BOB, BILL]) {
    test(`who was approved beforehand is told the state in the first NOTIFY, and nothing else: ${watcher}`, async () => {
      const { node, watch } = await watched(watcher, "approved");
      assert.deepEqual(node.local.told(), [`subscribe ${watcher} ${ALICE}`]);
      node.local.verdicts.set(`${watcher} ${ALICE}`, "granted");
      node.presence("subscribed", ALICE, watcher);
      await node.changed(`${ALICE}/desk`, watcher);
      assert.deepEqual(watch.told(), ["active open"]);
    });
  }

  test("what was approved beforehand does not undo a refusal in a dialog that stands", async () => {
    const { node, watch } = await watched(BILL, "granted");
    node.presence("unsubscribed", ALICE, BILL);
    node.local.verdicts.set(`${BILL} ${ALICE}`, "approved");
    await node.changed(`${ALICE}/desk`, BILL);
    assert.deepEqual(watch.told(), ["active open", "active closed"]);
  });

  test("the 200 waits until the watch is on the disk", async () => {
    const node = await GatewayUnderTest.started();
    node.disk = "held";
    const { answers } = node.agent.subscribe(`sip:${BOB}`, `sip:${ALICE}`);
    await settled();
    assert.deepEqual(answers, []);
    assert.equal(node.rows.size, 1);
    node.flush();
    assert.deepEqual(answers, [{ status: 200 }]);
  });

  test("a stranger is a question to the user; an RFC peer is told pending without a body (§5.3.1)", async () => {
    const { node, answers, watch } = await watched(BOB, "none");
    assert.deepEqual(answers, [{ status: 200 }]);
    assert.deepEqual(watch.told(), ["pending"]);
    assert.deepEqual(node.local.told(), [`subscribe ${BOB} ${ALICE}`]);
  });

  test("Microsoft is told active and closed meanwhile", async () => {
    const { watch } = await watched(BILL, "none");
    assert.deepEqual(watch.told(), ["active closed"]);
  });

  test("what an undecided and a refused watcher sees is the dialect's choice, not the product's name", async () => {
    const dialect = { undecidedView: "closed", refusedView: "closed" } as const;
    const { node, watch } = await watched(BOB, "none", { dialect });
    assert.deepEqual(watch.told(), ["active closed"]);
    node.presence("unsubscribed", ALICE, BOB);
    await node.changed(`${ALICE}/desk`, BOB);
    assert.deepEqual(watch.told(), []);
  });

  test("a question already asked is not asked again", async () => {
    const { node } = await watched(BOB, "pending");
    assert.deepEqual(node.local.told(), []);
  });

  for (const watcher of [BOB, BILL]) {
    test(`yes is active with the state, for ${watcher} (§5.3.1)`, async () => {
      const { node, watch } = await watched(watcher, "none");
      watch.told();
      node.local.verdicts.set(`${watcher} ${ALICE}`, "granted");
      node.presence("subscribed", ALICE, watcher);
      await settled();
      assert.deepEqual(watch.told(), ["active open"]);
    });
  }

  test("no is terminated;reason=rejected for an RFC peer (§5.3.1)", async () => {
    const { node, watch } = await watched(BOB, "none");
    watch.told();
    node.presence("unsubscribed", ALICE, BOB);
    assert.deepEqual(watch.told(), ["terminated rejected"]);
    assert.equal(node.rows.size, 0);
  });

  test("no is a polite block for Microsoft: closed, and closed it stays (RFC 3856 §6.6.2)", async () => {
    const { node, watch } = await watched(BILL, "granted");
    assert.deepEqual(watch.told(), ["active open"]);
    node.local.verdicts.set(`${BILL} ${ALICE}`, "none");
    node.presence("unsubscribed", ALICE, BILL);
    await settled();
    assert.deepEqual(watch.told(), ["active closed"]);
    await node.changed(`${ALICE}/desk`, BILL);
    watch.user.refreshed(3600);
    await settled();
    assert.deepEqual(watch.told(), ["active closed"]);
  });

  for (const watcher of [BOB, BILL, `ann@${AOL}`]) {
    test(`a blocked watcher sees what he would see of someone offline: ${watcher}`, async () => {
      const blocked = await watched(watcher, "blocked");
      const offline = await watched(watcher, "granted");
      offline.watch.notified.splice(0);
      offline.node.local.signOut(`${ALICE}/desk`);
      await offline.node.changed(`${ALICE}/desk`, watcher, "unavailable");
      assert.deepEqual(blocked.answers, offline.answers);
      assert.deepEqual(blocked.watch.notified, offline.watch.notified);
    });
  }

  test("whom the user blocks later is told that she left, and no more", async () => {
    const { node, watch } = await watched(BOB, "granted");
    watch.told();
    node.local.verdicts.set(`${BOB} ${ALICE}`, "blocked");
    await node.changed(`${ALICE}/desk`, BOB, "unavailable");
    node.local.signIn(`${ALICE}/desk`, show("away"));
    await node.changed(`${ALICE}/desk`, BOB);
    assert.deepEqual(watch.told(), ["active closed"]);
  });

  const states: readonly {
    readonly show: string;
    readonly standard: string;
    readonly microsoft: string;
    readonly aol: string;
  }[] = [
    { show: "chat", standard: "active open", microsoft: "active open", aol: "active open" },
    { show: "away", standard: "active open away", microsoft: "active open away", aol: "active open away" },
    { show: "xa", standard: "active open away", microsoft: "active open away", aol: "active open away" },
    { show: "dnd", standard: "active open busy", microsoft: "active open busy", aol: "active open away" },
  ];
  for (const row of states) {
    for (const [watcher, expected] of [
      [BOB, row.standard],
      [BILL, row.microsoft],
      [`ann@${AOL}`, row.aol],
    ] as const) {
      test(`${row.show} is ${expected} for ${watcher}`, async () => {
        const { node, watch } = await watched(watcher, "granted");
        watch.told();
        node.local.signIn(`${ALICE}/desk`, show(row.show));
        await node.changed(`${ALICE}/desk`, watcher);
        assert.deepEqual(watch.told(), row.show === "chat" && watcher !== BOB ? [] : [expected]);
      });
    }
  }

  test("on the phone has a word of its own for RFC peers", async () => {
    const { node, watch } = await watched(BOB, "granted");
    watch.told();
    node.local.signIn(`${ALICE}/desk`, show("away"), status("On the phone"));
    await node.changed(`${ALICE}/desk`, BOB);
    assert.deepEqual(watch.told(), ["active open on-the-phone"]);
  });

  test("each change is one NOTIFY, no change is none", async () => {
    const { node, watch } = await watched(BILL, "granted");
    watch.told();
    node.local.signIn(`${ALICE}/desk`, show("away"));
    node.presence("available", `${ALICE}/desk`, BILL);
    node.presence("available", `${ALICE}/desk`, BILL);
    await settled();
    await node.changed(`${ALICE}/desk`, BILL);
    assert.deepEqual(watch.told(), ["active open away"]);
    node.local.signOut(`${ALICE}/desk`);
    await node.changed(`${ALICE}/desk`, BILL, "unavailable");
    assert.deepEqual(watch.told(), ["active closed"]);
  });

  test("several resources are one state for Microsoft, several tuples for RFC peers (§6.2)", async () => {
    const microsoft = await watched(BILL, "granted");
    microsoft.watch.told();
    microsoft.node.local.signIn(`${ALICE}/phone`, show("away"));
    await microsoft.node.changed(`${ALICE}/phone`, BILL);
    assert.deepEqual(microsoft.watch.told(), []);
    const standard = await watched(BOB, "granted");
    standard.watch.told();
    standard.node.local.signIn(`${ALICE}/phone`, show("away"));
    await standard.node.changed(`${ALICE}/phone`, BOB);
    assert.deepEqual(standard.watch.told(), ["active open open"]);
  });

  test("an RFC peer hears of one presentity every five seconds at most; changes between are one (RFC 3856 §6.10)", async () => {
    const { node, watch } = await watched(BOB, "granted");
    watch.told();
    for (const value of ["away", "dnd", "xa"]) {
      node.local.signIn(`${ALICE}/desk`, show(value));
      node.presence("available", `${ALICE}/desk`, BOB);
    }
    await node.clock.elapse(4999);
    assert.deepEqual(watch.told(), []);
    await node.clock.elapse(1);
    await settled();
    assert.deepEqual(watch.told(), ["active open away"]);
  });

  test("whom the user forbids to see her is told so within those five seconds", async () => {
    const { node, watch } = await watched(BOB, "granted");
    watch.told();
    node.local.signIn(`${ALICE}/desk`, show("away"));
    node.presence("available", `${ALICE}/desk`, BOB);
    node.local.verdicts.set(`${BOB} ${ALICE}`, "blocked");
    node.gateway.permissionsChanged(jid(ALICE));
    await settled();
    assert.deepEqual(watch.told(), ["active closed"]);
    await node.clock.elapse(5000);
    assert.deepEqual([watch.told(), node.clock.pendingTimers], [[], 0]);
  });

  test("a refresh is told the full state again (§5.3.2)", async () => {
    const { watch } = await watched(BOB, "granted");
    watch.told();
    watch.user.refreshed(3600);
    await settled();
    assert.deepEqual(watch.told(), ["active open"]);
  });

  test("Expires 0 is told closed and terminated;reason=timeout, the user unavailable (§5.3.3)", async () => {
    const { node, watch } = await watched(BOB, "granted");
    watch.told();
    watch.user.refreshed(0);
    assert.deepEqual(watch.told(), ["terminated timeout closed"]);
    assert.deepEqual(node.local.told(), [`unavailable ${BOB} ${ALICE}`]);
    assert.equal(node.rows.size, 0);
  });

  test("a fetch is told once, and asks nobody (§7.2)", async () => {
    const node = await GatewayUnderTest.started();
    node.local.signIn(`${ALICE}/desk`);
    node.local.verdicts.set(`${BOB} ${ALICE}`, "granted");
    const allowed = node.agent.subscribe(`sip:${BOB}`, `sip:${ALICE}`, 0);
    const stranger = node.agent.subscribe(`sip:eve@${STANDARD}`, `sip:${ALICE}`, 0);
    await settled();
    assert.deepEqual(allowed.watch?.told(), ["terminated timeout open"]);
    assert.deepEqual(stranger.watch?.told(), ["terminated timeout closed"]);
    assert.deepEqual(node.local.told(), []);
    assert.equal(node.rows.size, 0);
  });

  const refusals: readonly {
    readonly rule: string;
    readonly from: string;
    readonly to: string;
    readonly status: number;
  }[] = [
    { rule: "an unknown user", from: `sip:${BOB}`, to: "sip:nobody@example.com", status: 404 },
    { rule: "another domain", from: `sip:${BOB}`, to: "sip:alice@elsewhere.example", status: 404 },
    { rule: "a sender who claims to be ours", from: "sip:carol@example.com", to: `sip:${ALICE}`, status: 403 },
    { rule: "a domain not federated with", from: "sip:eve@evil.example", to: `sip:${ALICE}`, status: 403 },
    { rule: "sips, which XMPP cannot promise (RFC 7247 §8)", from: `sip:${BOB}`, to: `sips:${ALICE}`, status: 416 },
    { rule: "a user part that is no name", from: `sip:${BOB}`, to: "sip:a%00b@example.com", status: 400 },
  ];
  for (const { rule, from, to, status: expected } of refusals) {
    test(`${rule}: ${expected}`, async () => {
      const node = await GatewayUnderTest.started();
      const { answers } = node.agent.subscribe(from, to);
      await settled();
      assert.deepEqual(
        answers.map((answer) => answer.status),
        [expected],
      );
      assert.equal(node.rows.size, 0);
    });
  }

  test("a restart keeps the dialog; when users had time to come back the watcher is told once", async () => {
    const { node } = await watched(BILL, "granted");
    const next = await GatewayUnderTest.started({ rows: [...node.rows.values()], settings: { settleSeconds: 10 } });
    next.local.verdicts.set(`${BILL} ${ALICE}`, "granted");
    const [restored] = next.agent.watches;
    await next.clock.elapse(9000);
    assert.deepEqual(restored?.told(), []);
    next.local.signIn(`${ALICE}/desk`);
    await next.clock.elapse(12_000);
    assert.deepEqual(restored?.told(), ["active open"]);
  });

  test("a dialog of a domain that left meanwhile is forgotten", async () => {
    const { node } = await watched(BILL, "granted");
    const next = new GatewayUnderTest({ rows: [...node.rows.values()] });
    next.federated.clear();
    await next.gateway.start();
    assert.deepEqual([next.agent.watches.length, next.rows.size], [0, 0]);
  });

  test("a watcher beyond the bound is put off, without 503", async () => {
    const node = await GatewayUnderTest.started({ settings: { maxInboundWatches: 1 } });
    node.agent.subscribe(`sip:${BOB}`, `sip:${ALICE}`);
    await settled();
    const { answers } = node.agent.subscribe(`sip:rob@${STANDARD}`, `sip:${ALICE}`);
    await settled();
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [480],
    );
  });

  test("one more than a user may have is refused by SIP, those she has are not", async () => {
    const { node, watch } = await watched(BOB, "granted");
    node.local.verdicts.set(`rob@${STANDARD} ${ALICE}`, "full");
    const { answers } = node.agent.subscribe(`sip:rob@${STANDARD}`, `sip:${ALICE}`);
    await settled();
    assert.deepEqual(answers, [{ status: 403, options: { reason: "Too Many Watchers" } }]);
    assert.deepEqual(node.local.told(), []);
    assert.equal(node.decisions.at(-1)?.user, ALICE);
    watch.told();
    await node.changed(`${ALICE}/desk`, BOB);
    assert.deepEqual(node.gateway.subscriptions().length, 1);
  });

  test("a domain that leaves has its dialogs ended", async () => {
    const { node, watch } = await watched(BOB, "granted");
    watch.told();
    node.remove(STANDARD);
    assert.deepEqual(watch.told(), ["terminated rejected"]);
    assert.deepEqual(node.gateway.subscriptions(), []);
  });
});
