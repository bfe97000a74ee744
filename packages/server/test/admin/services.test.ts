import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { settled } from "@interpres/testkit";
import { AdminFixture, type Answer, items, paths, TOKENS } from "./admin-fixture.ts";

const SERVICES = "/nodes/imp1/services";

describe("/nodes/{node}/services", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
  });
  after(() => fixture.stop());
  beforeEach(() => {
    fixture.orders.length = 0;
  });

  const order = (name: string, what: string, token = TOKENS.operator): Promise<Answer> =>
    fixture.call("POST", `${SERVICES}/${name}/${what}`, { token });
  const stateOf = async (name: string) => (await fixture.call("GET", `${SERVICES}/${name}`)).body.state;

  test("shows what runs, since when, and on what it stands", async () => {
    fixture.clock.advance(61_500);
    const { body } = await fixture.call("GET", `${SERVICES}/sip-federation`, { token: TOKENS.auditor });
    const { description, startedAt, ...shown } = body;
    assert.deepEqual(shown, {
      name: "sip-federation",
      kind: "feature",
      available: true,
      activated: true,
      state: "running",
      uptimeSeconds: 61,
      dependsOn: ["xmpp-router", "sip-proxy"],
      pendingRestart: false,
    });
    assert.match(String(startedAt), /^\d{4}-\d\d-\d\dT.*Z$/);
  });

  test("lists the services in the order they start, and finds some", async () => {
    const names = items(await fixture.call("GET", SERVICES)).map(({ name }) => name);
    assert.equal(names[0], "config");
    assert.ok(names.indexOf("xmpp-router") < names.indexOf("sip-federation"));
    const network = items(await fixture.call("GET", `${SERVICES}?find=kind:is:network`)).map(({ name }) => name);
    assert.deepEqual(network, ["config", "presence-datastore", "xmpp-router"]);
  });

  test("what this release does not have is shown as such and cannot be activated", async () => {
    const { body } = await fixture.call("GET", `${SERVICES}/xmpp-federation`);
    assert.deepEqual([body.available, body.activated, body.state, body.startedAt], [false, false, "stopped", null]);
    const refused = await fixture.call("PATCH", `${SERVICES}/xmpp-federation`, { body: { activated: true } });
    assert.deepEqual([refused.status, refused.body.type], [409, "service-not-available"]);
    assert.equal((await order("xmpp-federation", "start")).body.type, "service-not-available");
  });

  test("a restart of the router restarts what stands on it, in order (facts B4)", async () => {
    assert.equal((await order("xmpp-router", "restart")).status, 200);
    assert.deepEqual(fixture.orders, [
      "stop xmpp-client",
      "stop sip-federation",
      "stop xmpp-router",
      "start xmpp-router",
      "start sip-federation",
      "start xmpp-client",
    ]);
  });

  test("a stop of the router stops them all and warns; a start brings back the router only (facts B4)", async () => {
    const stopped = await order("xmpp-router", "stop");
    assert.match(JSON.stringify(stopped.body.warnings), /stopped with it: sip-federation, xmpp-client/);
    assert.equal(await stateOf("xmpp-client"), "stopped");
    const started = await order("xmpp-router", "start");
    assert.match(JSON.stringify(started.body.warnings), /still stopped: sip-federation, xmpp-client/);
    assert.deepEqual([await stateOf("xmpp-router"), await stateOf("xmpp-client")], ["running", "stopped"]);
    await order("sip-federation", "start");
    await order("xmpp-client", "start");
  });

  test("a service without what it needs is refused, naming what is missing", async () => {
    await order("xmpp-router", "stop");
    const refused = await order("xmpp-client", "start");
    assert.deepEqual([refused.status, refused.body.type], [409, "service-dependency-stopped"]);
    assert.match(String(refused.body.detail), /xmpp-router/);
    await fixture.call("POST", "/nodes/imp1/restart", { token: TOKENS.operator });
    assert.equal(await stateOf("xmpp-client"), "running");
  });

  test("SIP federation is degraded while the proxy is down (R80), and the node with it", async () => {
    await order("sip-proxy", "stop");
    assert.equal(await stateOf("sip-federation"), "degraded");
    assert.equal((await fixture.call("GET", "/nodes/imp1")).body.state, "degraded");
    assert.equal((await fixture.plain("/readyz")).status, 503);
    const [notice] = items(await fixture.call("GET", "/notifications?find=service:is:sip-proxy"));
    assert.deepEqual([notice?.severity, notice?.node, notice?.link], ["error", "imp1", `${SERVICES}/sip-proxy`]);
    await order("sip-proxy", "start");
    assert.equal(await stateOf("sip-federation"), "running");
  });

  test("a deactivated service stops, may not be started, and does not hold up readiness (R79)", async () => {
    const answer = await fixture.call("PATCH", `${SERVICES}/sip-federation`, { body: { activated: false } });
    assert.deepEqual([answer.body.activated, answer.body.state], [false, "stopped"]);
    assert.deepEqual(fixture.orders, ["stop sip-federation"]);
    assert.equal((await order("sip-federation", "start")).body.type, "service-not-activated");
    assert.equal((await order("sip-federation", "restart")).body.type, "service-not-activated");
    assert.equal((await fixture.plain("/readyz")).status, 200);
    fixture.orders.length = 0;
    await fixture.call("POST", "/nodes/imp1/restart");
    assert.ok(!fixture.orders.includes("start sip-federation"));
    const again = await fixture.call("PATCH", `${SERVICES}/sip-federation`, { body: { activated: true } });
    assert.deepEqual([again.body.activated, again.body.state], [true, "running"]);
  });

  test("an activation that comes with other settings acts as well", async () => {
    const switched = (activated: boolean) =>
      fixture.store.settings.change("import", (document) => ({
        document: { ...document, serviceActivation: { imp1: { "xmpp-client": activated } } },
        audit: { action: "update", resource: "config" },
      }));
    for (const [activated, order] of [[false, "stop"] as const, [true, "start"] as const]) {
      fixture.orders.length = 0;
      await switched(activated);
      await settled();
      assert.deepEqual(fixture.orders, [`${order} xmpp-client`]);
    }
  });

  test("a network service is not for switching", async () => {
    const refused = await fixture.call("PATCH", `${SERVICES}/xmpp-router`, { body: { activated: false } });
    assert.deepEqual([refused.status, refused.body.type], [409, "service-not-activatable"]);
    assert.equal(await stateOf("xmpp-router"), "running");
  });

  test("a service that does not start says why, stays wanted and is tried again", async () => {
    fixture.failing.add("sip-proxy");
    const failed = await order("sip-proxy", "restart");
    assert.deepEqual([failed.status, failed.body.type], [503, "service-start-failed"]);
    assert.match(String(failed.body.detail), /the port is taken/);
    assert.equal(await stateOf("sip-proxy"), "failed");
    fixture.failing.clear();
    assert.equal((await order("sip-proxy", "start")).body.state, "running");
  });

  test("bad input: 4xx with the path, nothing written", async () => {
    const cases: readonly [unknown, readonly string[]][] = [
      [{}, ["activated"]],
      [{ activated: "yes" }, ["activated"]],
      [{ activated: true, state: "running" }, ["state"]],
    ];
    for (const [body, wrong] of cases) {
      const answer = await fixture.call("PATCH", `${SERVICES}/sip-proxy`, { body });
      assert.deepEqual([answer.status, paths(answer)], [400, wrong]);
    }
    for (const path of ["/nodes/imp2/services", `${SERVICES}/tomcat`, "/nodes/imp2"])
      assert.equal((await fixture.call("GET", path)).status, 404, path);
    for (const path of [`${SERVICES}/tomcat/start`, "/nodes/imp2/services/sip-proxy/start", "/nodes/imp2/restart"])
      assert.equal((await fixture.call("POST", path)).status, 404, path);
    assert.deepEqual(fixture.orders, []);
  });

  test("an operator gives orders but does not activate; an auditor reads", async () => {
    const activation = { token: TOKENS.operator, body: { activated: false } };
    assert.equal((await fixture.call("PATCH", `${SERVICES}/sip-proxy`, activation)).status, 403);
    assert.equal((await order("sip-proxy", "stop", TOKENS.auditor)).status, 403);
    assert.equal((await fixture.call("POST", "/nodes/imp1/restart", { token: TOKENS.auditor })).status, 403);
    assert.deepEqual(fixture.orders, []);
  });

  test("every order and every switch leaves a row in the audit", async () => {
    await order("sip-proxy", "restart");
    await fixture.call("PATCH", `${SERVICES}/xmpp-client`, { body: { activated: false } });
    await fixture.call("PATCH", `${SERVICES}/xmpp-client`, { body: { activated: true } });
    const [on, off, restart] = items(await fixture.call("GET", "/audit?limit=3"));
    assert.deepEqual(
      [on?.resource, on?.before, on?.after],
      ["nodes/imp1/services/xmpp-client", { activated: false }, { activated: true }],
    );
    assert.deepEqual([off?.action, off?.after], ["update", { activated: false }]);
    assert.deepEqual(
      [restart?.actor, restart?.action, restart?.resource],
      ["operator program", "restart", "nodes/imp1/services/sip-proxy"],
    );
  });
});
