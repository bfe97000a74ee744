import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type PresentedCertificate, parseSubjectAltName } from "@interpres/sip";
import { domainIdentities } from "../../src/trust/peer-identity.ts";
import {
  certificate,
  contoso,
  domain,
  EDGE,
  facts,
  finalVerdict,
  makeFederation,
  route,
  selected,
} from "../federation-parts.ts";

type Shown = Partial<PresentedCertificate>;

/** What a certificate with these alternative names shows, in the words of the TLS library. */
function showing(alternativeNames: string, rest: Shown = {}): PresentedCertificate {
  return { ...certificate("cn.example"), ...parseSubjectAltName(alternativeNames), ...rest };
}

describe("§7.1 SIP identities in a certificate (RFC 5922)", () => {
  const rows: readonly (readonly [rule: string, alternativeNames: string, names: readonly string[]])[] = [
    ["the host of a sip: URI", "URI:sip:a.example", ["a.example"]],
    ["each of several", "URI:sip:a.example, URI:sip:b.example", ["a.example", "b.example"]],
    ["the scheme in any case", "URI:SIP:A.example", ["a.example"]],
    ["its port and parameters are no part of it", "URI:sip:a.example:5061;transport=tls", ["a.example"]],
    ["not with a user part: that is one user", "URI:sip:bob@a.example", []],
    ["not of sips: or another scheme", "URI:sips:a.example, URI:https://a.example, URI:im:a.example", []],
    ["DNS names where no sip: URI is", "DNS:a.example, DNS:b.example", ["a.example", "b.example"]],
    ["no DNS name beside a sip: URI", "DNS:b.example, URI:sip:a.example", ["a.example"]],
    ["DNS names beside a URI that does not count", "URI:sip:bob@a.example, DNS:b.example", ["b.example"]],
    ["the common name where there are no alternative names", "", ["cn.example"]],
    ["not beside a DNS name", "DNS:a.example", ["a.example"]],
    ["not beside a URI that does not count", "URI:https://a.example", []],
    ["not beside a mail address", "email:root@a.example", []],
    ["not beside a name of XMPP or a service record", "othername:<unsupported>", []],
    ["not beside an address", "IP Address:192.0.2.1", []],
    ["not beside a name that no name may be", 'DNS:"a.example, DNS:b.example"', []],
  ];
  for (const [rule, alternativeNames, names] of rows)
    test(rule, () => assert.deepEqual(domainIdentities(showing(alternativeNames)).names, names));

  test("several common names are none", () => {
    assert.deepEqual(domainIdentities(showing("", { subjectCommonName: undefined })).names, []);
  });
});

describe("§7.2 comparing identities (RFC 5922)", () => {
  const hop = {
    host: "sip.contoso.example",
    port: 5061,
    protocol: "tls" as const,
    domain: "contoso.example",
    from: "test",
  };

  /** What comes of dialling a hop whose certificate shows this. */
  async function dialled(names: string, steps = contoso): Promise<string> {
    const { federation } = makeFederation(...steps);
    const shown = showing(names, { subjectCommonName: EDGE });
    const verdict = await finalVerdict(
      federation,
      facts(shown, { direction: "outbound", nextHop: { ...hop, expectedNames: ["contoso.example"] } }),
    );
    return verdict.kind === "admit" ? "admit" : verdict.rule;
  }

  // The subject in the certificate is selected in each of these; the hop wants the domain.
  const bare = [domain("contoso.example"), route("contoso.example", "192.0.2.1"), selected(EDGE)];
  const rows: readonly (readonly [rule: string, names: string, gives: string])[] = [
    ["the whole name", "DNS:contoso.example", "admit"],
    ["in any case", "DNS:CONTOSO.example", "admit"],
    ["a sip: URI without its scheme", "URI:sip:contoso.example", "admit"],
    ["no suffix: a host below", "DNS:sip.contoso.example", "hop-certificate"],
    ["no suffix: a domain above", "DNS:example", "hop-certificate"],
    ["no wildcard", "DNS:*.example", "hop-certificate"],
    ["no wildcard within", "DNS:cont*.example, DNS:*", "hop-certificate"],
    ["no wildcard in a sip: URI", "URI:sip:*.example", "hop-certificate"],
    ["no letters of another script", "DNS:c\u043entoso.example", "hop-certificate"],
    ["no leading dot", "DNS:.contoso.example", "hop-certificate"],
    ["no part of a label", "DNS:notcontoso.example", "hop-certificate"],
    ["no name with something behind", "DNS:contoso.example.evil.example", "hop-certificate"],
  ];
  for (const [rule, names, gives] of rows)
    test(`${rule}: ${gives}`, async () => {
      const { federation } = makeFederation(...bare);
      // The selected subject proves its own name and no more.
      const shown = showing(names, { subjectCommonName: EDGE });
      const nextHop = { ...hop, expectedNames: ["contoso.example"] };
      const verdict = await finalVerdict(federation, facts(shown, { direction: "outbound", nextHop }));
      assert.equal(verdict.kind === "admit" ? "admit" : verdict.rule, gives);
    });

  test("§7.3 the name asked for counts, not the one DNS led to", async () => {
    assert.equal(await dialled("DNS:target.hoster.example"), "hop-certificate");
  });
});

describe("§7.4 who calls (RFC 5922), and the peer subject on top (facts R42)", () => {
  const inbound = async (shown: PresentedCertificate | undefined, steps = contoso): Promise<string> => {
    const verdict = await finalVerdict(makeFederation(...steps).federation, facts(shown));
    return verdict.kind === "admit" ? "admit" : verdict.rule;
  };

  test("without a certificate he is nobody", async () => {
    assert.equal(await inbound(undefined), "certificate-missing");
  });

  test("a proven domain alone does not let in: the subject has to be selected", async () => {
    assert.equal(
      await inbound(showing("DNS:contoso.example", { subjectCommonName: "other.example" })),
      "tls-peer-subject",
    );
  });

  test("the selected subject by its common name, whatever the alternative names", async () => {
    assert.equal(await inbound(showing("DNS:other.example", { subjectCommonName: EDGE })), "admit");
  });

  test("§7.1 extended key usage: server or client alone is not enough of a peer that does both", async () => {
    for (const usage of ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"])
      assert.equal(await inbound(certificate(EDGE, { extendedKeyUsages: [usage] })), "certificate-purpose");
  });
});
