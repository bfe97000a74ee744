import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { issueOwn, wantedCertificates } from "../../src/admin/trust/own-authority.ts";
import { AdminFixture, items } from "./admin-fixture.ts";

const NOW = "imp1.example.com";
const FORMER = "old.example.com";
const audit = { actor: "system", action: "create", resource: "test" };

let fixture: AdminFixture;
beforeEach(async () => {
  fixture = await AdminFixture.start();
  await fixture.makeAuthority();
});
afterEach(() => fixture.stop());

/** As the first start makes them for a node of that name. */
async function certificatesFor(fqdn: string): Promise<void> {
  for (const { purpose, ...subject } of wantedCertificates(fqdn, ["example.com"]))
    await fixture.store.certificates.putOwn(purpose, await issueOwn(subject, { ...fixture.store, ...fixture }), audit);
}

const setRoutingFqdn = (value: string) =>
  fixture.call("PATCH", "/service-parameters/sip-proxy", { body: { federationRoutingFqdn: value } });
const regenerate = (purpose: string, body: object = {}) =>
  fixture.call("POST", `/certificates/own/${purpose}/regenerate`, { body });

async function notices(): Promise<ReadonlyMap<string, string>> {
  const found = items(await fixture.call("GET", "/notifications"));
  const named = found.filter(({ id }) => String(id).startsWith("certificate-name:"));
  return new Map(named.map(({ id, text }) => [String(id).slice("certificate-name:".length), String(text)]));
}

describe("the names in our certificates (facts B15)", () => {
  test("are told when the settings file gives the node another one, with what mends it", async () => {
    await certificatesFor(FORMER);
    await setRoutingFqdn(NOW);
    const told = await notices();
    assert.deepEqual([...told.keys()].sort(), ["admin", "sip"]);
    assert.match(
      told.get("sip") ?? "",
      /has the common name old\.example\.com, not imp1\.example\.com:.*interpres certificate regenerate sip/,
    );
    await regenerate("sip");
    assert.deepEqual([...(await notices()).keys()], ["admin"]);
    await regenerate("admin");
    assert.equal((await notices()).size, 0);
  });

  test("are not missed by SIP peers who still know us by the former one", async () => {
    await certificatesFor(FORMER);
    await setRoutingFqdn(FORMER);
    assert.deepEqual([...(await notices()).keys()], ["admin"]);
  });

  test("are right as the first start makes them, and where SIP peers know us by a public name", async () => {
    await certificatesFor(NOW);
    assert.equal((await notices()).size, 0);
    await regenerate("sip", { commonName: "public.example.com" });
    assert.deepEqual([...(await notices()).keys()], ["sip"]);
    await setRoutingFqdn("public.example.com");
    assert.equal((await notices()).size, 0);
  });

  test("are told when a domain is served that XMPP certificates do not name", async () => {
    await certificatesFor(NOW);
    const { federation } = (await fixture.call("GET", "/config")).body as { federation: object };
    const document = { federation: { ...federation, localDomains: ["example.com", "example.net"] } };
    assert.equal((await fixture.call("PUT", "/config", { body: document })).status, 200);
    const told = await notices();
    assert.deepEqual([...told.keys()], ["xmpp", "xmpp-s2s"]);
    assert.match(told.get("xmpp") ?? "", /does not name example\.net: its clients will refuse it/);
  });
});
