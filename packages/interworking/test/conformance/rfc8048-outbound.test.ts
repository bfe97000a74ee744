import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dialects } from "@interpres/federation";
import { settled } from "@interpres/testkit";
import { jid } from "../fakes/fake-local-domain.ts";
import { request } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, MICROSOFT, STANDARD } from "../fakes/gateway-under-test.ts";
import { ALICE, asked, BOB, granted, pidf } from "../fakes/outbound-watching.ts";

const BILL = `bill@${MICROSOFT}`;

function tuples(...ids: readonly string[]): string {
  const all = ids.map((id) => `<tuple id="ID-${id}"><status><basic>open</basic></status></tuple>`).join("");
  return `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:x@y">${all}</presence>`;
}

const lastNotify = request("NOTIFY", { from: `sip:${BOB}`, to: `sip:${ALICE}` });

describe("our users watch foreign contacts (RFC 8048 §5.2)", () => {
  test("subscribe becomes SUBSCRIBE, and the question is stored (§5.2.1)", async () => {
    const { node, subscription } = await asked();
    const { localUri, remoteUri, event, accept, expiresSeconds } = subscription.init;
    assert.deepEqual(
      { localUri, remoteUri, event, accept, expiresSeconds },
      {
        localUri: "sip:alice@example.com",
        remoteUri: `sip:${BOB}`,
        event: "presence",
        accept: ["application/pidf+xml"],
        expiresSeconds: 3600,
      },
    );
    assert.deepEqual(
      [...node.rows.values()].map(({ authorization }) => authorization),
      ["asked"],
    );
  });

  test("a 2xx alone decides nothing (§5.2.1)", async () => {
    const { node, subscription } = await asked();
    subscription.user.accepted(3600);
    assert.deepEqual(node.local.told(), []);
  });

  test("pending is silence, even with a body (§5.2.1)", async () => {
    const { node, subscription } = await asked();
    subscription.notify("pending", pidf("open"));
    assert.deepEqual(node.local.told(), []);
  });

  test("the first active is subscribed, its body presence (§5.2.1)", async () => {
    const { node, subscription } = await asked();
    subscription.notify("active", pidf("open"));
    assert.deepEqual(node.local.told(), [`subscribed ${BOB} ${ALICE}`, `available ${BOB}/0 ${ALICE}`]);
    assert.deepEqual(
      [...node.rows.values()].map(({ authorization }) => authorization),
      ["granted"],
    );
  });

  test("active without a body is subscribed and nothing known", async () => {
    const { node, subscription } = await asked();
    subscription.notify("active");
    assert.deepEqual(node.local.told(), [`subscribed ${BOB} ${ALICE}`]);
  });

  test("a repeated document is told once", async () => {
    const { node, subscription } = await granted();
    subscription.notify("active", pidf("open"));
    subscription.notify("active", pidf("open"));
    assert.deepEqual(node.local.told(), []);
  });

  test("closed is unavailable (§6.3)", async () => {
    const { node, subscription } = await granted();
    subscription.notify("active", pidf("closed"));
    assert.deepEqual(node.local.told(), [`unavailable ${BOB}/0 ${ALICE}`]);
  });

  test("each tuple is a resource; only what changed is told (§6.2 note 2)", async () => {
    const { node, subscription } = await granted();
    subscription.notify("active", tuples("desk", "phone"));
    assert.deepEqual(node.local.told(), [
      `available ${BOB}/desk ${ALICE}`,
      `available ${BOB}/phone ${ALICE}`,
      `unavailable ${BOB}/0 ${ALICE}`,
    ]);
    subscription.notify("active", tuples("phone"));
    assert.deepEqual(node.local.told(), [`unavailable ${BOB}/desk ${ALICE}`]);
  });

  test("a document that cannot be read changes nothing", async () => {
    const { node, subscription } = await granted();
    subscription.notify("active", "<!DOCTYPE presence><presence/>");
    subscription.notify("active", "\ufffe");
    assert.deepEqual(node.local.told(), []);
  });

  test("Microsoft's Busy is away with its name, to XMPP clients", async () => {
    const { node, subscription } = await asked(BILL);
    assert.equal(subscription.init.expiresSeconds, 7200);
    subscription.notify("active", pidf("open", "busy"));
    assert.deepEqual(node.local.told().slice(1), [
      `available ${BILL}/0 ${ALICE} <show>away</show> <status>Busy</status>`,
    ]);
  });

  test("unsubscribe ends the dialog, then says unsubscribed (§5.2.3)", async () => {
    const { node, subscription } = await granted();
    node.presence("unsubscribe", ALICE, BOB);
    assert.equal(subscription.state, "unsubscribing");
    subscription.user.notified({ state: "terminated", reason: "timeout", body: Buffer.from(""), request: lastNotify });
    assert.deepEqual(node.local.told(), []);
    subscription.user.ended("unsubscribed");
    assert.deepEqual(node.local.told(), [`unavailable ${BOB}/0 ${ALICE}`, `unsubscribed ${BOB} ${ALICE}`]);
    assert.equal(node.rows.size, 0);
    assert.deepEqual(node.gateway.subscriptions(), []);
  });

  test("a resource that comes is told what is known, and the dialog is refreshed (§5.2.2)", async () => {
    const { node, subscription } = await granted();
    node.presence("probe", `${ALICE}/phone`, BOB);
    assert.deepEqual(node.local.told(), [`available ${BOB}/0 ${ALICE}/phone`]);
    assert.equal(subscription.refreshes, 1);
  });

  test("while nobody is there, a grant may run out and comes back with her (§5.2.2)", async () => {
    const { node, subscription } = await granted();
    assert.equal(subscription.user.refreshDue?.(), "refresh");
    node.local.signOut(`${ALICE}/desk`);
    assert.equal(subscription.user.refreshDue?.(), "let-expire");
    subscription.notify("terminated", "", { reason: "timeout" });
    assert.equal(node.agent.subscriptions.length, 1);
    node.local.signIn(`${ALICE}/desk`);
    node.local.told();
    node.presence("probe", `${ALICE}/desk`, BOB);
    assert.equal(node.agent.subscriptions.length, 2);
    node.agent.subscriptions[1]?.notify("active", pidf("open"));
    assert.deepEqual(node.local.told(), [`available ${BOB}/0 ${ALICE}`]);
  });

  test("a subscription only the roster remembers is taken up without a question", async () => {
    const node = await GatewayUnderTest.started();
    node.local.rosters.set(ALICE, [jid(BOB)]);
    node.local.signIn(`${ALICE}/desk`);
    node.presence("probe", `${ALICE}/desk`, BOB);
    await settled();
    node.agent.subscriptions[0]?.notify("active", pidf("open"));
    assert.deepEqual(node.local.told(), [`available ${BOB}/0 ${ALICE}`]);
  });

  test("a look at a stranger is a SUBSCRIBE with Expires 0, told to who looked (§7.1)", async () => {
    const node = await GatewayUnderTest.started();
    node.presence("probe", `${ALICE}/desk`, BOB);
    await settled();
    const [subscription] = node.agent.subscriptions;
    assert.equal(subscription?.init.expiresSeconds, 0);
    subscription?.notify("terminated", pidf("open"), { reason: "timeout" });
    assert.deepEqual(node.local.told(), [`available ${BOB}/0 ${ALICE}/desk`]);
    assert.equal(node.rows.size, 0);
  });

  test("news of a dialog that was given up moves nothing", async () => {
    const { node, subscription } = await granted();
    subscription.refuse(481);
    node.agent.subscriptions[1]?.notify("active", pidf("open"));
    node.local.told();
    subscription.user.ended("expired");
    subscription.notify("active", pidf("closed"));
    assert.deepEqual(node.local.told(), []);
    assert.equal(node.agent.subscriptions.length, 2);
  });

  test("each of our users has a dialog of her own", async () => {
    const { node } = await granted();
    node.presence("subscribe", "carol@example.com", BOB);
    assert.deepEqual(
      node.agent.subscriptions.map(({ init }) => init.localUri),
      ["sip:alice@example.com", "sip:carol@example.com"],
    );
  });

  test("a restart goes on with the dialog, refreshed, without a word to the user", async () => {
    const { node } = await granted();
    const next = await GatewayUnderTest.started({ rows: [...node.rows.values()] });
    assert.equal(next.agent.subscriptions.length, 0);
    const [restored] = next.agent.restored;
    assert.equal(restored?.refreshes, 1);
    restored?.notify("active", pidf("open"));
    assert.deepEqual(next.local.told(), [`available ${BOB}/0 ${ALICE}`]);
  });

  test("a refresh that stands in line is enough for all who ask for one", async () => {
    const { node } = await granted();
    const next = new GatewayUnderTest({ rows: [...node.rows.values()] });
    next.departureWaitMs = 500;
    await next.gateway.start();
    const [restored] = next.agent.restored;
    for (const device of ["desk", "phone"]) next.presence("probe", `${ALICE}/${device}`, BOB);
    assert.equal(restored?.refreshes, 0);
    next.departureWaitMs = 0;
    next.clock.advance(2000);
    assert.equal(restored?.refreshes, 1);
    next.presence("probe", `${ALICE}/desk`, BOB);
    assert.equal(restored?.refreshes, 2);
  });

  test("stopped and started again with users signed in, what had no dialog begins one", async () => {
    const { node, subscription } = await granted();
    subscription.refuse(503);
    node.gateway.stop("rest");
    assert.equal(node.clock.pendingTimers, 0);
    await node.gateway.start();
    assert.equal(node.agent.restored.length + node.agent.subscriptions.length, 2);
  });

  test("a domain that leaves ends its dialogs and shows its contacts as gone; the permission stays", async () => {
    const { node, subscription } = await granted();
    node.remove(STANDARD);
    assert.equal(subscription.state, "unsubscribing");
    assert.deepEqual(node.local.told(), [`unavailable ${BOB}/0 ${ALICE}`]);
    subscription.user.ended("unsubscribed");
    assert.deepEqual(
      [...node.rows.values()].map(({ authorization }) => authorization),
      ["granted"],
    );
  });

  test("a user who is barred watches nobody; the permission stays, and she watches again when she is back", async () => {
    const { node, subscription } = await granted();
    node.presence("subscribe", "carol@example.com", BOB);
    node.gateway.userBarred(jid(ALICE));
    assert.equal(subscription.state, "unsubscribing");
    assert.notEqual(node.agent.subscriptions[1]?.state, "unsubscribing", "carol goes on");
    subscription.user.ended("unsubscribed");
    assert.deepEqual(
      [...node.rows.values()].map(({ local, authorization }) => `${local} ${authorization}`),
      [`${ALICE} granted`, "carol@example.com asked"],
    );
    node.presence("probe", `${ALICE}/desk`, BOB);
    assert.equal(node.agent.subscriptions.length, 3);
  });

  test("a mass sign-in waits for the room that the peer's edge has, in order", async () => {
    const node = await GatewayUnderTest.started();
    const contacts = Array.from({ length: 100 }, (_, n) => `b${n}@${MICROSOFT}`);
    for (const contact of contacts) node.presence("subscribe", ALICE, contact);
    const { burst, ratePerSecond } = dialects.microsoft;
    assert.equal(node.agent.subscriptions.length, burst);
    node.departureWaitMs = 300;
    node.clock.advance(290);
    assert.equal(node.agent.subscriptions.length, burst);
    node.departureWaitMs = 0;
    node.clock.advance((100 / ratePerSecond) * 1000);
    assert.deepEqual(
      node.agent.subscriptions.map(({ init }) => init.remoteUri),
      contacts.map((contact) => `sip:${contact}`),
    );
  });

  test("what is asked by a foreign address is not sent on (RFC 7247 §8)", async () => {
    const node = await GatewayUnderTest.started();
    node.presence("subscribe", `eve@${MICROSOFT}`, BOB);
    assert.equal(node.agent.subscriptions.length, 0);
  });

  test("the table of living watches says how each stands", async () => {
    const { node } = await granted();
    const [view] = node.gateway.subscriptions();
    assert.deepEqual(
      {
        direction: view?.direction,
        local: view?.local,
        foreign: view?.foreign,
        authorization: view?.authorization,
        dialog: view?.dialog,
      },
      { direction: "outbound", local: ALICE, foreign: BOB, authorization: "granted", dialog: "active" },
    );
    assert.ok(node.gateway.refresh(view?.id ?? ""));
    assert.equal(node.gateway.refresh("nobody"), false);
  });

  test("show is kept as the contact said it (§6.3 note 3)", async () => {
    const { node, subscription } = await granted();
    subscription.notify(
      "active",
      `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:x@y"><tuple id="ID-d"><status><basic>open</basic><show xmlns="jabber:client">dnd</show></status><note xml:lang="de">Tagt</note></tuple></presence>`,
    );
    assert.deepEqual(
      node.local.told()[0],
      `available ${BOB}/d ${ALICE} <show>dnd</show> <status xml:lang='de'>Tagt</status>`,
    );
  });
});
