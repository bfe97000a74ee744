import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { type CertificatePurpose, certificatePurposes } from "@interpres/admin-api";
import { createAuthority } from "@interpres/federation";
import { TestCertificateAuthority } from "@interpres/testkit";
import { AUTHORITY, issueOwn, wantedCertificates } from "../../src/admin/trust/own-authority.ts";
import { AdminFixture, paths, TOKENS } from "./admin-fixture.ts";

const OLD = "imp1.example.com";
const NEW = "imp1.example.org";
const DOMAIN = "/nodes/imp1/domain";

/** A node after its first start, whose SIP certificate was then bought from somebody else. */
async function started(): Promise<AdminFixture> {
  const fixture = await AdminFixture.start();
  const { certificates, settings } = fixture.store;
  const audit = { actor: "system", action: "create", resource: "certificates/own" };
  const authority = await createAuthority(OLD, fixture);
  await certificates.putOwn(AUTHORITY, { chainPem: authority.certificatePem, keyPem: authority.keyPem }, audit);
  for (const { purpose, ...subject } of wantedCertificates(OLD, ["example.com"]))
    await certificates.putOwn(purpose, await issueOwn(subject, { ...fixture.store, ...fixture }), audit);
  const bought = await (await TestCertificateAuthority.create("Public CA", fixture.clock)).issue({
    cn: OLD,
    dnsNames: [OLD],
  });
  await certificates.putOwn("sip", { chainPem: bought.certPem, keyPem: bought.keyPem }, audit);
  await settings.change("system", (document) => {
    const parameters = document.federation.serviceParameters["sip-proxy"];
    const serviceParameters = { "sip-proxy": { ...parameters, federationRoutingFqdn: OLD } };
    return { document: { ...document, federation: { ...document.federation, serviceParameters } }, audit };
  });
  await fixture.call("POST", "/sip-federated-domains", {
    body: { domain: "contoso.example", integrationType: "microsoft" },
  });
  return fixture;
}

describe("/nodes/{node}/domain", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await started();
  });
  after(() => fixture.stop());

  const subjectOf = (purpose: CertificatePurpose): string =>
    new X509Certificate(fixture.store.certificates.own(purpose)?.chainPem ?? "").subject;

  test("a dry run answers with everything that would happen, and nothing happens", async () => {
    const version = fixture.store.settings.current().version;
    fixture.orders.length = 0;
    const { status, body } = await fixture.call("POST", DOMAIN, { body: { domain: "example.org", dryRun: true } });
    assert.equal(status, 200);
    assert.equal(body.applied, false);
    assert.deepEqual(body.fqdn, { from: OLD, to: NEW });
    assert.deepEqual(body.federationRoutingFqdn, { from: OLD, to: NEW });
    assert.deepEqual((body.certificates as unknown[])[0], {
      purpose: "sip",
      commonName: NEW,
      replacesIssuer: "CN=Public CA",
    });
    assert.match(JSON.stringify(body.peers), /contoso\.example.*subject name of our certificate is imp1\.example\.org/);
    assert.equal(fixture.store.settings.current().version, version);
    assert.equal(subjectOf("sip"), `CN=${OLD}`);
    assert.deepEqual(fixture.orders, []);
  });

  for (const domain of ["", "-a.example", "192.0.2.1", "a b", "example.com"])
    test(`"${domain}" is refused with the path`, async () => {
      const answer = await fixture.call("POST", DOMAIN, { body: { domain } });
      assert.equal(answer.status, 400);
      assert.deepEqual(paths(answer), ["domain"]);
    });

  test("is for administrators, and for this node only", async () => {
    const body = { domain: "example.org", dryRun: true };
    assert.equal((await fixture.call("POST", DOMAIN, { token: TOKENS.operator, body })).status, 403);
    assert.equal((await fixture.call("POST", "/nodes/imp2/domain", { body })).status, 404);
  });

  test("names, certificates and routing FQDN change together, then every service restarts", async () => {
    fixture.orders.length = 0;
    const { status, body } = await fixture.call("POST", DOMAIN, { body: { domain: "Example.ORG" } });
    assert.deepEqual([status, body.applied], [200, true]);
    const node = await fixture.call("GET", "/nodes/imp1");
    assert.equal(node.body.fqdn, NEW);
    const parameters = await fixture.call("GET", "/service-parameters/sip-proxy");
    assert.equal((parameters.body.federationRoutingFqdn as { readonly value: string }).value, NEW);
    assert.deepEqual(certificatePurposes.map(subjectOf), [
      `CN=${NEW}`,
      "CN=example.com",
      "CN=example.com",
      `CN=${NEW}`,
    ]);
    assert.match(
      new X509Certificate(fixture.store.certificates.own("xmpp")?.chainPem ?? "").subjectAltName ?? "",
      /imp1\.example\.org/,
    );
    const stops = fixture.orders.filter((order) => order.startsWith("stop"));
    const starts = fixture.orders.filter((order) => order.startsWith("start"));
    assert.ok(stops.length > 3 && starts.length >= stops.length, fixture.orders.join(", "));
    assert.ok(fixture.orders.lastIndexOf(stops.at(-1) ?? "") < fixture.orders.indexOf(starts[0] ?? ""));
    const [record] = await fixture.store.audit.list({ limit: 1 });
    assert.deepEqual(
      [record?.actor, record?.resource, record?.before, record?.after],
      [
        "administrator program",
        "nodes/imp1/domain",
        { fqdn: OLD, federationRoutingFqdn: OLD },
        { fqdn: NEW, federationRoutingFqdn: NEW },
      ],
    );
  });

  test("a second change keeps the bought certificate restorable, not the one made in between", async () => {
    await fixture.call("POST", DOMAIN, { body: { domain: "example.net" } });
    assert.equal(subjectOf("sip"), "CN=imp1.example.net");
    const previous = await fixture.call("GET", "/certificates/own/sip/previous");
    assert.deepEqual([previous.body.commonName, previous.body.issuer], [OLD, "CN=Public CA"]);
    assert.equal((await fixture.call("POST", "/certificates/own/sip/restore", { token: TOKENS.operator })).status, 403);
    const restored = await fixture.call("POST", "/certificates/own/sip/restore");
    assert.deepEqual([restored.status, restored.body.commonName], [200, OLD]);
    assert.equal(subjectOf("sip"), `CN=${OLD}`);
    assert.doesNotMatch(restored.text, /PRIVATE KEY/);
  });

  test("two changes at once: one is made, the other is told", async () => {
    const answers = await Promise.all(
      ["a.example", "b.example"].map((domain) => fixture.call("POST", DOMAIN, { body: { domain } })),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.ok(answers.every(({ status }) => [200, 400, 409].includes(status)));
  });
});

test("what was never replaced cannot be restored", async () => {
  const fixture = await AdminFixture.start();
  try {
    assert.equal((await fixture.call("GET", "/certificates/own/sip/previous")).status, 404);
    assert.equal((await fixture.call("POST", "/certificates/own/sip/restore")).status, 404);
  } finally {
    await fixture.stop();
  }
});
