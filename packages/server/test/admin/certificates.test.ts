import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { createServer } from "node:tls";
import { TestCertificateAuthority } from "@interpres/testkit";
import { AdminFixture, items, paths } from "./admin-fixture.ts";

describe("certificates over the API", () => {
  let fixture: AdminFixture;
  let authority: TestCertificateAuthority;
  before(async () => {
    fixture = await AdminFixture.start();
    authority = await TestCertificateAuthority.create("Peer CA");
  });
  after(() => fixture.stop());

  const putSip = (body: object) => fixture.call("PUT", "/certificates/own/sip", { body });

  test("a chain with its key is taken, and the key never comes out", async () => {
    const { certPem, keyPem } = await authority.issue({ cn: "sip.example.com", dnsNames: ["sip.example.com"] });
    const put = await putSip({ chainPem: `${certPem}\n${authority.certPem}`, keyPem });
    assert.equal(put.status, 200, put.text);
    assert.equal(put.body.commonName, "sip.example.com");
    assert.deepEqual(put.body.dnsNames, ["sip.example.com"]);
    assert.equal(put.body.warnings, undefined);
    assert.ok(fixture.store.certificates.own("sip")?.keyPem.includes("PRIVATE KEY"));
    const texts = [
      put.text,
      (await fixture.call("GET", "/certificates")).text,
      (await fixture.call("GET", "/audit")).text,
    ];
    for (const text of texts) assert.doesNotMatch(text, /PRIVATE KEY/);
  });

  test("a certificate for servers only is taken with a warning", async () => {
    const { certPem, keyPem } = await authority.issue({ cn: "sip.example.com", ekus: ["server"] });
    const put = await putSip({ chainPem: certPem, keyPem });
    assert.equal((put.body.warnings as object[]).length, 1);
  });

  test("another's key, an expired certificate, a foreign chain, and no PEM are refused", async () => {
    const good = await authority.issue({ cn: "sip.example.com" });
    const other = await authority.issue({ cn: "other.example.com" });
    const old = await authority.issue({ cn: "sip.example.com", notAfter: new Date(fixture.clock.now() - 1000) });
    const stranger = await TestCertificateAuthority.create("Stranger");
    const before = fixture.store.certificates.own("sip");
    const refused = async (body: object) => paths(await putSip(body));
    assert.deepEqual(await refused({ chainPem: good.certPem, keyPem: other.keyPem }), ["keyPem"]);
    assert.deepEqual(await refused({ chainPem: old.certPem, keyPem: old.keyPem }), ["chainPem"]);
    assert.deepEqual(await refused({ chainPem: good.certPem + stranger.certPem, keyPem: good.keyPem }), ["chainPem"]);
    assert.deepEqual(await refused({ chainPem: "nothing", keyPem: good.keyPem }), ["chainPem"]);
    assert.deepEqual(await refused({ chainPem: good.certPem, keyPem: "nothing" }), ["keyPem"]);
    assert.deepEqual(fixture.store.certificates.own("sip"), before);
  });

  test("a certificate without key needs a pending request", async () => {
    const { certPem } = await authority.issue({ cn: "x.example.com" });
    const early = await fixture.call("PUT", "/certificates/own/xmpp", { body: { chainPem: certPem } });
    assert.equal(early.body.type, "no-signing-request");
    const request = await fixture.call("POST", "/certificates/own/xmpp/csr", { body: {} });
    assert.deepEqual([request.status, request.body], [201, { purpose: "xmpp", csrPem: "CSR of imp1.example.com" }]);
    assert.equal(await fixture.store.certificates.requestKey("xmpp"), "KEY");
    assert.equal((await fixture.call("POST", "/certificates/own/unknown/csr", { body: {} })).status, 400);
  });

  test("importing a trust certificate defines its CN as a peer subject", async () => {
    const { certPem } = await authority.issue({ cn: "edge.contoso.example" });
    const added = await fixture.call("POST", "/certificates/trust", { body: { pem: certPem, description: "Contoso" } });
    assert.equal(added.status, 201, added.text);
    assert.equal(added.body.id, new X509Certificate(certPem).fingerprint256.replaceAll(":", "").toLowerCase());
    const subject = await fixture.call("GET", "/tls-peer-subjects/edge.contoso.example");
    assert.equal(subject.body.origin, "certificate-import");
    assert.equal((await fixture.call("POST", "/certificates/trust", { body: { pem: certPem } })).status, 409);
    assert.equal(items(await fixture.call("GET", "/certificates/trust")).length, 1);
    assert.equal((await fixture.call("DELETE", `/certificates/trust/${String(added.body.id)}`)).status, 204);
    assert.deepEqual(items(await fixture.call("GET", "/certificates/trust")), []);
    assert.deepEqual(paths(await fixture.call("POST", "/certificates/trust", { body: { pem: "x" } })), ["pem"]);
  });

  test("fetch shows what a peer presents without believing it", async () => {
    const { certPem, keyPem } = await authority.issue({ cn: "edge.fabrikam.example" });
    const peer = createServer({ cert: `${certPem}\n${authority.certPem}`, key: keyPem });
    await new Promise<void>((ready) => peer.listen(0, "127.0.0.1", ready));
    const { port } = peer.address() as AddressInfo;
    const fetched = await fixture.call("POST", "/certificates/fetch", { body: { host: "127.0.0.1", port } });
    await new Promise((closed) => peer.close(closed));
    const names = (fetched.body.chain as { commonName: string }[]).map((certificate) => certificate.commonName);
    assert.deepEqual(names, ["edge.fabrikam.example", "Peer CA"]);
    const gone = await fixture.call("POST", "/certificates/fetch", { body: { host: "127.0.0.1", port } });
    assert.equal(gone.status, 502);
  });
});
