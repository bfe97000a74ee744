import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, test } from "node:test";
import { TestCertificateAuthority } from "./certificate-authority.ts";

describe("test certificate authority", () => {
  test("issues what was asked for, signed by itself and by nobody else", async () => {
    const [authority, other] = await Promise.all([
      TestCertificateAuthority.create(),
      TestCertificateAuthority.create(),
    ]);
    const issued = await authority.issue({
      cn: "sip.contoso.example",
      dnsNames: ["sip.contoso.example", "contoso.example"],
      uris: ["sip:contoso.example"],
    });
    const certificate = new X509Certificate(issued.certPem);
    assert.equal(certificate.subject, "CN=sip.contoso.example");
    assert.equal(certificate.subjectAltName, "DNS:sip.contoso.example, DNS:contoso.example, URI:sip:contoso.example");
    assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    assert.equal(certificate.verify(new X509Certificate(authority.certPem).publicKey), true);
    assert.equal(certificate.verify(new X509Certificate(other.certPem).publicKey), false);
    assert.match(issued.keyPem, /^-----BEGIN PRIVATE KEY-----/);
  });

  test("issues an expired certificate, an RSA one and one for servers only", async () => {
    const authority = await TestCertificateAuthority.create();
    const issued = await authority.issue({ cn: "old", notAfter: new Date(0), key: "rsa", ekus: ["server"] });
    const certificate = new X509Certificate(issued.certPem);
    assert.equal(new Date(certificate.validTo).getTime(), 0);
    assert.equal(certificate.publicKey.asymmetricKeyType, "rsa");
    assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  });
});
