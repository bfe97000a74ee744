import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PeerIdentity } from "../trust/peer-identity.ts";
import { allowedByAcl } from "./claimed-domain.ts";
import { IncomingAcl } from "./incoming-acl.ts";

function aclOf(...patterns: readonly string[]): IncomingAcl {
  return new IncomingAcl(
    patterns.map((pattern, index) => ({
      id: String(index),
      pattern,
      description: "",
      origin: { kind: "administrator" },
    })),
  );
}

describe("the incoming access list (facts B2.2)", () => {
  const rows: readonly {
    rule: string;
    patterns: readonly string[];
    asks: (acl: IncomingAcl) => boolean;
    gives: boolean;
  }[] = [
    { rule: "empty: no domain", patterns: [], asks: (acl) => acl.allowsDomain("a.example"), gives: false },
    { rule: "empty: no address", patterns: [], asks: (acl) => acl.allowsAddress("192.0.2.1"), gives: false },
    { rule: "empty: nobody could be let in", patterns: [], asks: (acl) => acl.mayAllow("192.0.2.1"), gives: false },
    {
      rule: "all: every domain",
      patterns: ["Allow from all"],
      asks: (acl) => acl.allowsDomain("a.example"),
      gives: true,
    },
    { rule: "all: every address", patterns: ["Allow from all"], asks: (acl) => acl.allowsAddress("::1"), gives: true },
    {
      rule: "a domain: itself",
      patterns: ["Allow from a.example"],
      asks: (acl) => acl.allowsDomain("a.example"),
      gives: true,
    },
    {
      rule: "a domain: no user below it",
      patterns: ["Allow from a.example"],
      asks: (acl) => acl.allowsDomain("b.a.example"),
      gives: false,
    },
    {
      rule: "a domain: hosts below it",
      patterns: ["Allow from a.example"],
      asks: (acl) => acl.allowsHost("sip.a.example"),
      gives: true,
    },
    {
      rule: "a domain: no other host",
      patterns: ["Allow from a.example"],
      asks: (acl) => acl.allowsHost("sipa.example"),
      gives: false,
    },
    {
      rule: "a domain: somebody could be let in",
      patterns: ["Allow from a.example"],
      asks: (acl) => acl.mayAllow("192.0.2.1"),
      gives: true,
    },
    {
      rule: "an address: itself",
      patterns: ["Allow from 192.0.2.1"],
      asks: (acl) => acl.allowsAddress("192.0.2.1"),
      gives: true,
    },
    {
      rule: "an address: no other",
      patterns: ["Allow from 192.0.2.1"],
      asks: (acl) => acl.allowsAddress("192.0.2.2"),
      gives: false,
    },
    {
      rule: "a prefix: within",
      patterns: ["Allow from 192.0.2.0/24"],
      asks: (acl) => acl.allowsAddress("192.0.2.200"),
      gives: true,
    },
    {
      rule: "a prefix: not beside",
      patterns: ["Allow from 192.0.2.0/24"],
      asks: (acl) => acl.allowsAddress("192.0.3.1"),
      gives: false,
    },
    {
      rule: "IPv6: within",
      patterns: ["Allow from 2001:db8::/32"],
      asks: (acl) => acl.allowsAddress("2001:db8:1::9"),
      gives: true,
    },
    {
      rule: "IPv6: not beside",
      patterns: ["Allow from 2001:db8::/32"],
      asks: (acl) => acl.allowsAddress("2001:db9::1"),
      gives: false,
    },
  ];
  for (const { rule, patterns, asks, gives } of rows) {
    test(rule, () => assert.equal(asks(aclOf(...patterns)), gives));
  }

  test("a request is refused that neither domain nor address is listed for", () => {
    const certificate = {
      subjectCommonName: "sip.a.example",
      dnsNames: [],
      uris: [],
      extendedKeyUsages: [],
      fingerprint256: "",
      chain: [],
      authorized: true,
      raw: Buffer.alloc(0),
    };
    const origin = { domain: "a.example", identity: PeerIdentity.fromCertificate(certificate, undefined, "192.0.2.1") };
    const rules = (pattern: string) => ({ acl: aclOf(pattern), mayComeFrom: () => false });
    assert.equal(allowedByAcl(origin, rules("Allow from b.example"))?.rule, "incoming-acl");
    for (const fitting of ["a.example", "sip.a.example", "192.0.2.1"])
      assert.equal(allowedByAcl(origin, rules(`Allow from ${fitting}`)), undefined);
  });

  test("without a certificate the domain that is claimed lets nobody in", () => {
    const origin = { domain: "a.example", identity: PeerIdentity.fromAddress("192.0.2.1") };
    const acl = aclOf("Allow from a.example");
    assert.equal(allowedByAcl(origin, { acl, mayComeFrom: () => false })?.rule, "incoming-acl");
    assert.equal(allowedByAcl(origin, { acl, mayComeFrom: (address) => address === "192.0.2.1" }), undefined);
  });
});
