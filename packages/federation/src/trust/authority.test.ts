import assert from "node:assert/strict";
import { createPublicKey, X509Certificate } from "node:crypto";
import { before, describe, test } from "node:test";
import { systemClock, systemRandom } from "@interpres/runtime";
import { type Authority, createAuthority, createSigningRequest, issueCertificate } from "./authority.ts";

const ports = { clock: systemClock, random: systemRandom };

describe("our certificate authority", () => {
  let authority: Authority;
  let certificate: X509Certificate;
  before(async () => {
    authority = await createAuthority("example.com", ports);
    const subject = { commonName: "imp1.example.com", dnsNames: ["example.com"], key: "rsa" } as const;
    const own = await issueCertificate(authority, subject, ports);
    certificate = new X509Certificate(own.chainPem);
  });

  test("is an authority and signs what it issues", () => {
    const root = new X509Certificate(authority.certificatePem);
    assert.equal(root.ca, true);
    assert.equal(certificate.ca, false);
    assert.equal(certificate.checkIssued(root), true);
    assert.equal(certificate.verify(root.publicKey), true);
  });

  test("issues for both roles of TLS", () => {
    assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
  });

  test("names the common name among the alternative names", () => {
    assert.equal(certificate.subjectAltName, "DNS:imp1.example.com, DNS:example.com");
    assert.equal(certificate.publicKey.asymmetricKeyType, "rsa");
  });

  test("issues ECDSA keys where asked", async () => {
    const own = await issueCertificate(authority, { commonName: "a.example", dnsNames: [], key: "ecdsa" }, ports);
    assert.equal(createPublicKey(own.keyPem).asymmetricKeyType, "ec");
  });

  test("makes requests for other authorities", async () => {
    const { csrPem, keyPem } = await createSigningRequest({
      commonName: "a.example",
      dnsNames: [],
      key: "ecdsa",
    });
    assert.match(csrPem, /BEGIN CERTIFICATE REQUEST/);
    assert.match(keyPem, /BEGIN PRIVATE KEY/);
  });
});
