import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, test } from "node:test";
import { TestCertificateAuthority } from "@interpres/testkit";
import { leadsToTrustedRoot } from "./trusted-root.ts";

describe("a chain and the roots that are trusted", async () => {
  const root = await TestCertificateAuthority.create("Their root");
  const between = await root.subordinate("Their issuing CA");
  const { certPem: leaf } = await between.issue({ cn: "sip.contoso.example" });
  const chain = (...pems: readonly string[]) => ({ chain: pems.map((pem) => new X509Certificate(pem).fingerprint256) });
  const trust = (...pems: readonly string[]) => pems.map((pem) => ({ id: pem.slice(-60), pem }));

  for (const { name, shown, trusted, expected } of [
    { name: "the root", shown: [leaf, between.certPem, root.certPem], trusted: [root.certPem], expected: true },
    { name: "an authority between", shown: [leaf, between.certPem], trusted: [between.certPem], expected: false },
    { name: "the server's own certificate", shown: [leaf], trusted: [leaf], expected: false },
    {
      name: "an authority between, and the root that signed it",
      shown: [leaf, between.certPem],
      trusted: [between.certPem, root.certPem],
      expected: true,
    },
    { name: "a certificate that signed itself", shown: [root.certPem], trusted: [root.certPem], expected: true },
  ])
    test(`trusting ${name} is ${expected ? "" : "not "}enough`, () =>
      assert.equal(leadsToTrustedRoot(chain(...shown), trust(...trusted)), expected));
});
