import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AdminFixture, items, paths, TOKENS } from "./admin-fixture.ts";

describe("/cluster and /nodes", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
  });
  after(() => fixture.stop());

  const patch = (body: unknown, token = TOKENS.administrator) =>
    fixture.call("PATCH", "/cluster/settings", { body, token });
  const pending = async () => items(await fixture.call("GET", "/notifications?find=text:begins-with:Restart"));

  test("the cluster is its settings and its nodes", async () => {
    const node = { name: "imp1", fqdn: "imp1.example.com", role: "publisher", assignedUsers: 0, state: "running" };
    const { body } = await fixture.call("GET", "/cluster", { token: TOKENS.auditor });
    assert.deepEqual(body, { sipProxyDomain: "example.com", changeControl: "live", nodes: [node] });
    assert.deepEqual(items(await fixture.call("GET", "/nodes")), [node]);
    assert.deepEqual((await fixture.call("GET", "/nodes/imp1")).body, node);
  });

  test("bad settings: 400 with the path, nothing written", async () => {
    const cases: readonly [unknown, string][] = [
      [{ changeControl: "later" }, "changeControl"],
      [{ sipProxyDomain: "" }, "sipProxyDomain"],
      [{ sipProxyDomain: "192.0.2.1" }, "sipProxyDomain"],
      [{ sipProxyDomain: "-bad.example" }, "sipProxyDomain"],
      [{ sipProxyDomain: "ok.example", changeControl: 1 }, "changeControl"],
      [{ name: "imp1" }, "name"],
    ];
    for (const [body, path] of cases) {
      const answer = await patch(body);
      assert.deepEqual([answer.status, paths(answer)], [400, [path]], JSON.stringify(body));
    }
    assert.equal((await patch({ changeControl: "on-restart" }, TOKENS.operator)).status, 403);
    const { body } = await fixture.call("GET", "/cluster/settings");
    assert.deepEqual(body, { sipProxyDomain: "example.com", changeControl: "live" });
  });

  test("a proxy domain that leaves the routing FQDN behind is warned of (R2)", async () => {
    await fixture.call("PATCH", "/service-parameters/sip-proxy", {
      body: { federationRoutingFqdn: "sip.example.com" },
    });
    const { body } = await patch({ sipProxyDomain: "Example.NET." });
    assert.equal(body.sipProxyDomain, "example.net");
    assert.match(JSON.stringify(body.warnings), /sip\.example\.com is not in example\.net/);
    assert.equal((await patch({ sipProxyDomain: "example.com" })).body.warnings, undefined);
    const [record] = items(await fixture.call("GET", "/audit?limit=1"));
    assert.deepEqual(record?.before, { sipProxyDomain: "example.net", changeControl: "live" });
  });

  test("on-restart: changes wait and say what for, until the named service restarts", async () => {
    await patch({ changeControl: "on-restart" });
    await fixture.call("POST", "/sip-federated-domains", {
      body: { domain: "contoso.example", integrationType: "microsoft" },
    });
    const [notice, ...others] = await pending();
    assert.deepEqual([notice?.node, notice?.service, others], ["imp1", "xmpp-router", []]);
    assert.match(String(notice?.text), /sip-federated-domains\/contoso\.example added/);
    const shown = await fixture.call("GET", "/nodes/imp1/services/xmpp-router");
    assert.equal(shown.body.pendingRestart, true);
    await fixture.call("POST", "/nodes/imp1/services/sip-proxy/restart");
    assert.equal((await pending()).length, 1);
    await fixture.call("POST", "/nodes/imp1/services/xmpp-router/restart");
    assert.deepEqual(await pending(), []);
  });

  test("a parameter of two services waits for both (R41, facts E2)", async () => {
    const body = { federationRoutingFqdn: "sip2.example.com" };
    await fixture.call("PATCH", "/service-parameters/sip-proxy", { body });
    const waiting = async () => (await pending()).map(({ service }) => service);
    assert.deepEqual(await waiting(), ["sip-proxy", "xmpp-router"]);
    await fixture.call("POST", "/nodes/imp1/services/xmpp-router/restart");
    assert.deepEqual(await waiting(), ["sip-proxy"]);
  });

  test("a stopped service waits for nothing: its start takes up everything", async () => {
    await fixture.call("POST", "/nodes/imp1/services/sip-proxy/stop");
    assert.deepEqual(await pending(), []);
    await fixture.call("POST", "/nodes/imp1/services/sip-proxy/start");
    assert.deepEqual(await pending(), []);
  });

  test("switched back to live, what waits counts at once", async () => {
    await fixture.call("DELETE", "/sip-federated-domains/contoso.example");
    assert.equal((await pending()).length, 1);
    await patch({ changeControl: "live" });
    assert.deepEqual(await pending(), []);
  });
});

describe("the routing FQDN of a node with users (R40)", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
  });
  after(() => fixture.stop());

  test("stands as a notification from the first user on until it is changed; nobody is refused", async () => {
    const notices = async () => items(await fixture.call("GET", "/notifications?find=text:contains:routing FQDN"));
    assert.deepEqual(await notices(), []);
    const user = { jid: "alice@example.com", password: "wonderland" };
    assert.equal((await fixture.call("POST", "/users", { body: user })).status, 201);
    const [notice] = await notices();
    assert.deepEqual([notice?.node, notice?.service], ["imp1", "sip-proxy"]);
    assert.equal(notice?.link, "/service-parameters/sip-proxy");
    const own = { federationRoutingFqdn: "imp1.example.com" };
    assert.equal((await fixture.call("PATCH", "/service-parameters/sip-proxy", { body: own })).status, 409);
    const body = { federationRoutingFqdn: "imp1-public.example.com" };
    await fixture.call("PATCH", "/service-parameters/sip-proxy", { body });
    assert.deepEqual(await notices(), []);
  });
});
