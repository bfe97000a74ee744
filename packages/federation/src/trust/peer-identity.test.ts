import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PresentedCertificate } from "@interpres/sip";
import { PeerIdentity, presentedNames } from "./peer-identity.ts";
import { SelectedSubjects } from "./peer-subjects.ts";
import { PEER_AUTH_CONTEXT, type TlsContext, type TlsPeerSubject } from "./tls-settings.ts";

function certificate(shown: Partial<PresentedCertificate>): PresentedCertificate {
  return {
    subjectCommonName: undefined,
    dnsNames: [],
    uris: [],
    extendedKeyUsages: [],
    fingerprint256: "",
    chain: [],
    authorized: true,
    raw: Buffer.alloc(0),
    ...shown,
  };
}

describe("names of a certificate", () => {
  test("people see every name once, the CN first", () => {
    const shown = certificate({
      subjectCommonName: "c.example",
      dnsNames: ["b.example", "c.example"],
      uris: ["sip:d.example"],
    });
    assert.deepEqual(presentedNames(shown), ["c.example", "b.example", "d.example"]);
  });
});

describe("selected TLS peer subjects (facts R45, R48, R51; RFC 5922 §7.2)", () => {
  const context = (peerSubjects: string[]): TlsContext => ({
    name: PEER_AUTH_CONTEXT,
    ciphers: [],
    peerSubjects,
    disableEmptyTlsFragments: false,
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.3",
    authorizationPolicy: "peer",
  });
  const subject = (name: string): TlsPeerSubject => ({ name, description: "", origin: "administrator" });
  const defined = [
    subject("sip.contoso.example"),
    subject("edge.fabrikam.example"),
    subject("*.wild.example"),
    { ...subject("alternative.example"), matchAlternativeNames: true },
  ];
  const names = ["SIP.contoso.example", "*.wild.example", "alternative.example"];
  const selected = new SelectedSubjects(defined, context(names));

  const rows: readonly { rule: string; shown: Partial<PresentedCertificate>; matches: string | undefined }[] = [
    { rule: "the CN", shown: { subjectCommonName: "sip.contoso.example" }, matches: "sip.contoso.example" },
    {
      rule: "not a DNS name (B15)",
      shown: { subjectCommonName: "x", dnsNames: ["sip.contoso.example"] },
      matches: undefined,
    },
    {
      rule: "a DNS name where the subject says so",
      shown: { subjectCommonName: "x", dnsNames: ["y.example", "alternative.example"] },
      matches: "alternative.example",
    },
    {
      rule: "a sip: URI where the subject says so",
      shown: { uris: ["sip:alternative.example"] },
      matches: "alternative.example",
    },
    { rule: "not such a URI of a user", shown: { uris: ["sip:a@alternative.example"] }, matches: undefined },
    { rule: "not a look-alike", shown: { subjectCommonName: "\u017fip.contoso.example" }, matches: undefined },
    {
      rule: "not a defined, unselected one",
      shown: { subjectCommonName: "edge.fabrikam.example" },
      matches: undefined,
    },
    { rule: "not a suffix", shown: { subjectCommonName: "contoso.example" }, matches: undefined },
    { rule: "not something longer", shown: { subjectCommonName: "evil.sip.contoso.example" }, matches: undefined },
    { rule: "not a wildcard of the certificate", shown: { dnsNames: ["*.contoso.example"] }, matches: undefined },
    { rule: "not by a wildcard of the settings", shown: { dnsNames: ["a.wild.example"] }, matches: undefined },
    {
      rule: "not a CN inside another CN",
      shown: { subjectCommonName: "x,cn=sip.contoso.example" },
      matches: undefined,
    },
    {
      rule: "not a name cut by NUL",
      shown: { subjectCommonName: "sip.contoso.example\0.evil.example" },
      matches: undefined,
    },
    { rule: "not a URI of a user", shown: { uris: ["sip:a@sip.contoso.example"] }, matches: undefined },
    { rule: "nothing", shown: {}, matches: undefined },
  ];
  for (const { rule, shown, matches } of rows) {
    test(`match ${rule}`, () => assert.equal(selected.matching(certificate(shown))?.name, matches));
  }

  test("say which defined subject would have matched (R48)", () => {
    const shown = certificate({ subjectCommonName: "Edge.fabrikam.example" });
    assert.equal(selected.unselected(shown)?.name, "edge.fabrikam.example");
    assert.equal(selected.unselected(certificate({ subjectCommonName: "sip.contoso.example" })), undefined);
  });

  test("a matched subject is one of the identity's names and its label", () => {
    const shown = certificate({ subjectCommonName: "sip.contoso.example", dnsNames: ["other.example"] });
    const identity = PeerIdentity.fromCertificate(shown, "sip.contoso.example", "192.0.2.1");
    assert.deepEqual(identity.names, ["other.example", "sip.contoso.example"]);
    assert.equal(identity.label, "sip.contoso.example");
  });

  test("a CN beside DNS names that nobody selected is no name", () => {
    const shown = certificate({ subjectCommonName: "sip.contoso.example", dnsNames: ["other.example"] });
    assert.deepEqual(PeerIdentity.fromCertificate(shown, "other.example", "192.0.2.1").names, ["other.example"]);
  });
});
