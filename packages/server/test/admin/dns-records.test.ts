import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AdminFixture, items, paths } from "./admin-fixture.ts";

const [NAME, FQDN] = ["_sipfederationtls._tcp.example.com", "imp1.example.com"];

interface Finding {
  readonly name: string;
  readonly kind: string;
  readonly state: string;
}

describe("/dns-records (facts R17 to R22, R39)", () => {
  let fixture: AdminFixture;

  before(async () => {
    fixture = await AdminFixture.start();
  });
  after(() => fixture.stop());

  const states = (found: unknown): readonly (readonly string[])[] =>
    (found as readonly Finding[]).map(({ kind, name, state }) => [kind, name, state]);
  const notices = async () => items(await fixture.call("GET", "/notifications?find=text:contains:DNS record"));

  test("R17, R19: the records to publish, with text to copy, and what was found", async () => {
    const { body } = await fixture.call("GET", "/dns-records");
    assert.deepEqual([body.fqdn, body.port], [FQDN, 5061]);
    assert.match(
      String(body.zone),
      /^_sipfederationtls\._tcp\.example\.com\. 3600 IN SRV 0 0 5061 imp1\.example\.com\.$/m,
    );
    assert.deepEqual(states(body.items), [
      ["local", NAME, "missing"],
      ["host", FQDN, "missing"],
    ]);
  });

  test("nobody is looked for who federates with nobody: no notification", async () => {
    assert.deepEqual(await notices(), []);
  });

  test("R21: for a clearing house the address of the host is enough", async () => {
    await fixture.call("POST", "/sip-federated-domains", { body: { domain: "aol.com", integrationType: "aol" } });
    const told = (await notices()).map(({ id }) => id);
    assert.deepEqual(told, [`dns-record:${FQDN}`]);
    const { body } = await fixture.call("GET", "/dns-records/aol.com");
    assert.deepEqual([body.kind, body.integrationType], ["foreign", "aol"]);
    assert.deepEqual(states(body.items), [
      ["peer", "_sipfederationtls._tcp.aol.com", "missing"],
      ["host", FQDN, "missing"],
    ]);
  });

  test("R17, R39: for others a record that is missing, or leads elsewhere, stands as a notification", async () => {
    await fixture.call("POST", "/sip-federated-domains", {
      body: { domain: "contoso.example", integrationType: "microsoft" },
    });
    fixture.zone.host(FQDN, "192.0.2.10");
    await fixture.call("GET", "/dns-records");
    const [missing] = await notices();
    assert.equal(missing?.severity, "warning");
    assert.match(
      String(missing?.text),
      /publish _sipfederationtls\._tcp\.example\.com\. IN SRV 0 0 5061 imp1\.example\.com\./,
    );
    fixture.zone.service(NAME, "elsewhere.example.com", 5061);
    await fixture.call("GET", "/dns-records");
    const [wrong, ...others] = await notices();
    assert.deepEqual([wrong?.severity, wrong?.link, others], ["error", "/dns-records", []]);
    assert.match(String(wrong?.text), /points at elsewhere\.example\.com, not at imp1\.example\.com/);
  });

  test("R39: it goes when the record is right, and comes back when the FQDN is changed", async () => {
    fixture.zone.service(NAME, FQDN, 5061);
    await fixture.call("GET", "/dns-records");
    assert.deepEqual(await notices(), []);
    const body = { federationRoutingFqdn: "public.example.com" };
    await fixture.call("PATCH", "/service-parameters/sip-proxy", { body });
    await fixture.call("GET", "/dns-records");
    assert.match(String((await notices())[0]?.text), /points at imp1\.example\.com, not at public\.example\.com/);
    await fixture.call("PATCH", "/service-parameters/sip-proxy", { body: { federationRoutingFqdn: FQDN } });
    await fixture.call("GET", "/dns-records");
  });

  test("R20, R22: of a foreign domain what the node sees, and which of ours its servers need", async () => {
    fixture.zone.service("_sipfederationtls._tcp.contoso.example", "edge.contoso.example", 5061);
    const { body } = await fixture.call("GET", "/dns-records/Contoso.Example");
    assert.deepEqual([body.domain, body.integrationType], ["contoso.example", "microsoft"]);
    assert.deepEqual(states(body.items), [
      ["peer", "_sipfederationtls._tcp.contoso.example", "ok"],
      ["peer", "edge.contoso.example", "unreachable"],
      ["local", NAME, "ok"],
      ["host", FQDN, "ok"],
    ]);
  });

  test("R22: our own domain by itself; one nobody added; what is no domain", async () => {
    const own = await fixture.call("GET", "/dns-records/example.com");
    assert.equal(own.body.kind, "local");
    const nobody = await fixture.call("GET", "/dns-records/nobody.example");
    assert.deepEqual([nobody.status, nobody.body.integrationType], [200, null]);
    const wrong = await fixture.call("GET", "/dns-records/192.0.2.1");
    assert.deepEqual([wrong.status, paths(wrong)], [400, ["domain"]]);
  });

  test("R70: a routing FQDN outside the proxy domain stands as a notification", async () => {
    const told = async () => items(await fixture.call("GET", "/notifications?find=text:contains:SIP proxy domain"));
    assert.deepEqual(await told(), []);
    await fixture.call("PATCH", "/service-parameters/sip-proxy", {
      body: { federationRoutingFqdn: "imp1.other.example" },
    });
    const [notice] = await told();
    assert.equal(notice?.link, "/service-parameters/sip-proxy");
    assert.match(String(notice?.text), /imp1\.other\.example is no name in the SIP proxy domain example\.com/);
  });

  test("who may not read may not ask", async () => {
    for (const path of ["/dns-records", "/dns-records/contoso.example"])
      assert.equal((await fixture.call("GET", path, { token: "nobody" })).status, 401);
  });
});
