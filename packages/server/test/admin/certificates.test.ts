import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { TestCertificateAuthority } from "@interpres/testkit";
import { AdminFixture, items, paths } from "./admin-fixture.ts";

describe("certificates over the API", () => {
  let fixture: AdminFixture;
  let authority: TestCertificateAuthority;
  before(async () => {
    fixture = await AdminFixture.start();
    await fixture.makeAuthority();
    authority = await TestCertificateAuthority.create("Peer CA", fixture.clock);
  });
  after(() => fixture.stop());

  const putSip = (body: object) => fixture.call("PUT", "/certificates/own/sip", { body });

  test("a chain with its key is taken, and the key never comes out", async () => {
    const names = { cn: "imp1.example.com", dnsNames: ["imp1.example.com"] };
    const { certPem, keyPem } = await authority.issue(names);
    const put = await putSip({ chainPem: `${certPem}\n${authority.certPem}`, keyPem });
    assert.equal(put.status, 200, put.text);
    assert.equal(put.body.commonName, "imp1.example.com");
    assert.deepEqual([put.body.dnsNames, put.body.usages], [["imp1.example.com"], ["serverAuth", "clientAuth"]]);
    assert.equal(put.body.warnings, undefined);
    assert.ok(fixture.store.certificates.own("sip")?.keyPem.includes("PRIVATE KEY"));
    const texts = [
      put.text,
      (await fixture.call("GET", "/certificates")).text,
      (await fixture.call("GET", "/audit")).text,
    ];
    for (const text of texts) assert.doesNotMatch(text, /PRIVATE KEY/);
  });

  test("wrong ones are refused with path and line, and nothing is written", async () => {
    const good = await authority.issue({ cn: "imp1.example.com" });
    const other = await authority.issue({ cn: "other.example.com" });
    const old = await authority.issue({ cn: "imp1.example.com", notAfter: new Date(fixture.clock.now() - 1000) });
    const half = await authority.issue({ cn: "imp1.example.com", ekus: ["server"] });
    const stranger = await TestCertificateAuthority.create("Stranger", fixture.clock);
    const before = fixture.store.certificates.own("sip");
    const audited = items(await fixture.call("GET", "/audit")).length;
    const refused = async (body: object) => paths(await putSip(body));
    assert.deepEqual(await refused({ chainPem: good.certPem, keyPem: other.keyPem }), ["keyPem"]);
    assert.deepEqual(await refused({ chainPem: old.certPem, keyPem: old.keyPem }), ["chainPem"]);
    assert.deepEqual(await refused({ chainPem: half.certPem, keyPem: half.keyPem }), ["chainPem"]);
    assert.deepEqual(await refused({ chainPem: good.certPem + stranger.certPem, keyPem: good.keyPem }), ["chainPem"]);
    assert.deepEqual(await refused({ chainPem: "nothing", keyPem: "nothing" }), ["chainPem", "keyPem"]);
    const broken = await putSip({ chainPem: `${good.certPem}\n-----BEGIN CERTIFICATE-----`, keyPem: good.keyPem });
    assert.match(broken.text, /line \d+: BEGIN CERTIFICATE without an END/);
    assert.deepEqual(fixture.store.certificates.own("sip"), before);
    assert.equal(items(await fixture.call("GET", "/audit")).length, audited);
  });

  test("a certificate without key is for the key of the pending request, else for the present one", async () => {
    const { certPem } = await authority.issue({ cn: "x.example.com" });
    const put = (chainPem: string) => fixture.call("PUT", "/certificates/own/xmpp", { body: { chainPem } });
    assert.equal((await put(certPem)).body.type, "no-signing-request");
    const request = await fixture.call("POST", "/certificates/own/xmpp/csr", { body: {} });
    assert.equal(request.status, 201);
    assert.match(String(request.body.csrPem), /BEGIN CERTIFICATE REQUEST/);
    assert.deepEqual(paths(await put(certPem)), ["chainPem"]);
    const signed = await authority.sign(String(request.body.csrPem));
    assert.equal((await put(signed)).status, 200);
    assert.equal(await fixture.store.certificates.requestKey("xmpp"), undefined);
    const renewed = await authority.sign(String(request.body.csrPem));
    assert.equal((await put(renewed)).status, 200);
    assert.equal((await fixture.call("POST", "/certificates/own/unknown/csr", { body: {} })).status, 400);
  });

  test("our own authority signs anew, for the names the node needs or for those given", async () => {
    const made = await fixture.call("POST", "/certificates/own/sip/regenerate", { body: {} });
    assert.equal(made.status, 200, made.text);
    assert.deepEqual(
      [made.body.commonName, made.body.dnsNames],
      ["imp1.example.com", ["imp1.example.com", "example.com"]],
    );
    assert.match(String(made.body.issuer), /Interpres CA/);
    const body = { commonName: "public.example.com" };
    const named = await fixture.call("POST", "/certificates/own/sip/regenerate", { body });
    assert.deepEqual(named.body.dnsNames, ["public.example.com"]);
    assert.equal((named.body.warnings as object[]).length, 1);
    const bad = { commonName: "a b", dnsNames: ["ok.example", "-x"] };
    for (const action of ["regenerate", "csr"])
      assert.deepEqual(paths(await fixture.call("POST", `/certificates/own/sip/${action}`, { body: bad })), [
        "commonName",
        "dnsNames.1",
      ]);
    const { authority: shown } = (await fixture.call("GET", "/certificates")).body as {
      authority: { isAuthority: boolean };
    };
    assert.equal(shown.isAuthority, true);
  });

  test("importing a trust certificate defines its CN as a peer subject", async () => {
    const { certPem } = await authority.issue({ cn: "edge.contoso.example" });
    const added = await fixture.call("POST", "/certificates/trust", { body: { pem: certPem, description: "Contoso" } });
    assert.equal(added.status, 201, added.text);
    assert.equal(added.body.id, new X509Certificate(certPem).fingerprint256.replaceAll(":", "").toLowerCase());
    assert.match(added.text, /its subject edge.contoso.example is defined but not selected/);
    const subject = await fixture.call("GET", "/tls-peer-subjects/edge.contoso.example");
    assert.equal(subject.body.origin, "certificate-import");
    assert.equal((await fixture.call("POST", "/certificates/trust", { body: { pem: certPem } })).status, 409);
    assert.equal(items(await fixture.call("GET", "/certificates/trust")).length, 1);
    assert.equal((await fixture.call("DELETE", `/certificates/trust/${String(added.body.id)}`)).status, 204);
    assert.deepEqual(items(await fixture.call("GET", "/certificates/trust")), []);
    const rows = items(await fixture.call("GET", "/audit")).filter(({ resource }) =>
      String(resource).startsWith("certificates/trust/"),
    );
    const [removed, imported] = rows.map(({ before, after }) => (before ?? after) as Record<string, unknown>);
    assert.deepEqual(removed, imported);
    assert.deepEqual([removed?.commonName, removed?.description], ["edge.contoso.example", "Contoso"]);
    assert.match(String(removed?.pem), /BEGIN CERTIFICATE/);
    assert.deepEqual(paths(await fixture.call("POST", "/certificates/trust", { body: { pem: "x" } })), ["pem"]);
  });

  test("an authority is trusted without a word about its name, an expired one with a warning", async () => {
    const plain = await fixture.call("POST", "/certificates/trust", { body: { pem: authority.certPem } });
    assert.deepEqual([plain.status, plain.body.warnings, plain.body.isAuthority], [201, undefined, true]);
    const old = await authority.issue({ cn: "old.example", notAfter: new Date(fixture.clock.now() - 1000) });
    const expired = await fixture.call("POST", "/certificates/trust", { body: { pem: old.certPem } });
    assert.match(expired.text, /has expired on .*nothing is verified with it/);
    const broken = await fixture.call("POST", "/certificates/trust", {
      body: { pem: `\n${authority.certPem.slice(0, 90)}` },
    });
    assert.match(broken.text, /pem: line 2: BEGIN CERTIFICATE without an END/);
  });

  test("removing what live peers were verified with says whom it costs", async () => {
    const { certPem } = await authority.issue({ cn: "edge.live.example" });
    const { id } = (await fixture.call("POST", "/certificates/trust", { body: { pem: certPem } })).body;
    fixture.peersVerified.push("edge.live.example");
    const removed = await fixture.call("DELETE", `/certificates/trust/${String(id)}`);
    fixture.peersVerified.pop();
    assert.equal(removed.status, 200);
    assert.match(removed.text, /connections of edge.live.example were verified with it/);
    assert.equal((await fixture.call("GET", `/certificates/trust/${String(id)}`)).status, 404);
  });
});
