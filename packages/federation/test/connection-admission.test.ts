import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ConnectionFacts, PresentedCertificate } from "@interpres/sip";
import { settled } from "@interpres/testkit";
import { PEER_AUTH_CONTEXT, updateTlsContext } from "../src/index.ts";
import {
  acl,
  certificate,
  contoso,
  domain,
  EDGE,
  facts,
  finalVerdict,
  makeFederation,
  route,
  type Step,
  selected,
  subject,
} from "./federation-parts.ts";

describe("the list for connections", () => {
  const bad = (authorizationError: string): PresentedCertificate =>
    certificate(EDGE, { authorized: false, authorizationError });
  const hop = { host: EDGE, port: 5061, protocol: "tls" as const, domain: "contoso.example", from: "static-route 1" };
  const outbound = { direction: "outbound" as const, nextHop: { ...hop, expectedNames: [EDGE, "contoso.example"] } };
  const rows: readonly { rule: string; steps?: readonly Step[]; given: ConnectionFacts; refusedBy?: string }[] = [
    { rule: "admits a selected subject", given: facts(certificate(EDGE)) },
    { rule: "refuses no certificate", given: facts(undefined), refusedBy: "certificate-missing" },
    {
      rule: "refuses an unknown authority",
      given: facts(bad("UNABLE_TO_VERIFY_LEAF_SIGNATURE")),
      refusedBy: "certificate-untrusted",
    },
    {
      rule: "refuses a self-signed one",
      given: facts(bad("DEPTH_ZERO_SELF_SIGNED_CERT")),
      refusedBy: "certificate-untrusted",
    },
    { rule: "refuses an expired one", given: facts(bad("CERT_HAS_EXPIRED")), refusedBy: "certificate-expired" },
    { rule: "refuses one of tomorrow", given: facts(bad("CERT_NOT_YET_VALID")), refusedBy: "certificate-expired" },
    {
      rule: "refuses client authentication alone",
      given: facts(certificate(EDGE, { extendedKeyUsages: ["1.3.6.1.5.5.7.3.2"] })),
      refusedBy: "certificate-purpose",
    },
    { rule: "admits unrestricted usage", given: facts(certificate(EDGE, { extendedKeyUsages: [] })) },
    { rule: "refuses another name", given: facts(certificate("sip.evil.example")), refusedBy: "tls-peer-subject" },
    {
      rule: "refuses a subject that is defined but not selected (R48)",
      steps: [domain("contoso.example"), route("contoso.example", EDGE), subject(EDGE)],
      given: facts(certificate(EDGE)),
      refusedBy: "tls-peer-subject",
    },
    {
      rule: "refuses everybody while nobody is federated",
      steps: [selected(EDGE)],
      given: facts(certificate(EDGE)),
      refusedBy: "incoming-acl",
    },
    { rule: "refuses plain TCP from nowhere", given: facts(undefined, { protocol: "tcp" }), refusedBy: "incoming-acl" },
    {
      rule: "refuses plain TCP from the bare address of a route that no entry lists",
      steps: [domain("contoso.example"), route("contoso.example", "192.0.2.1", { protocol: "tcp" })],
      given: facts(undefined, { protocol: "tcp" }),
      refusedBy: "incoming-acl",
    },
    {
      rule: "admits plain TCP from a listed address",
      steps: [...contoso, acl("Allow from 192.0.2.0/24")],
      given: facts(undefined, { protocol: "tcp" }),
    },
    ...[
      { what: "an unknown authority", shown: bad("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), by: "certificate-untrusted" },
      { what: "a self-signed one", shown: bad("DEPTH_ZERO_SELF_SIGNED_CERT"), by: "certificate-untrusted" },
      { what: "an expired one", shown: bad("CERT_HAS_EXPIRED"), by: "certificate-expired" },
      {
        what: "client authentication alone",
        shown: certificate(EDGE, { extendedKeyUsages: ["1.3.6.1.5.5.7.3.2"] }),
        by: "certificate-purpose",
      },
    ].map(({ what, shown, by }) => ({
      rule: `outbound: refuses ${what}`,
      given: facts(shown, outbound),
      refusedBy: by,
    })),
    { rule: "outbound: admits the hop's name", given: facts(certificate(EDGE), outbound) },
    {
      rule: "outbound: refuses another selected name",
      steps: [...contoso, domain("fabrikam.example"), selected("sip.fabrikam.example")],
      given: facts(certificate("sip.fabrikam.example"), outbound),
      refusedBy: "hop-certificate",
    },
    {
      rule: "outbound: refuses the hop's name unselected (R45)",
      steps: contoso.slice(0, 2),
      given: facts(certificate(EDGE), outbound),
      refusedBy: "tls-peer-subject",
    },
  ];
  for (const { rule, steps = contoso, given, refusedBy } of rows) {
    test(rule, async () => {
      const { federation, decisions } = makeFederation(...steps);
      const verdict = await finalVerdict(federation, given);
      assert.equal(verdict.kind === "refuse" ? verdict.rule : undefined, refusedBy);
      assert.deepEqual(
        decisions.map((event) => event.decisions[0]?.rule),
        refusedBy === undefined ? [] : [refusedBy],
      );
    });
  }

  test("plain TCP from the host of a route: while an entry names it, by the address DNS tells", async () => {
    const byRoute = (host: string) => [domain("contoso.example"), route("contoso.example", host, { protocol: "tcp" })];
    const verdict = async (...steps: readonly Step[]): Promise<string> => {
      const { federation, zone } = makeFederation(...steps);
      for (const host of [EDGE, "edge.hoster.example"]) zone.host(host, "192.0.2.1");
      federation.start();
      await settled();
      return (await finalVerdict(federation, facts(undefined, { protocol: "tcp" }))).kind;
    };
    assert.equal(await verdict(...byRoute(EDGE)), "admit");
    assert.equal(await verdict(...byRoute("edge.hoster.example")), "refuse");
    assert.equal(await verdict(...byRoute("edge.hoster.example"), acl("Allow from edge.hoster.example")), "admit");
  });

  test("a refusal says what was presented and what was expected (R45)", () => {
    const { federation, decisions } = makeFederation(...contoso);
    federation.connectionGate.admit(facts(certificate("sip.evil.example")));
    assert.deepEqual(decisions, [
      {
        kind: "connection",
        direction: "inbound",
        peer: "sip.evil.example",
        decisions: [
          { rule: "tls-peer-subject", outcome: "refuse", inputs: { presented: "sip.evil.example", expected: EDGE } },
        ],
        result: "refused",
      },
    ]);
  });

  test("a peer whose subject is defined but not selected is told of until it is selected (R48)", () => {
    const { federation, decisions, change, clock } = makeFederation(...contoso.slice(0, 2), subject(EDGE));
    federation.connectionGate.admit(facts(certificate("sip.evil.example")));
    assert.deepEqual(federation.unselectedPeers(), []);
    federation.connectionGate.admit(facts(certificate(EDGE)));
    const sighting = { subject: EDGE, direction: "inbound", remoteAddress: "192.0.2.1", at: clock.now() };
    assert.deepEqual(federation.unselectedPeers(), [sighting]);
    assert.match(
      String(decisions[1]?.decisions[0]?.inputs.expected),
      /sip\.contoso\.example is defined but not selected/,
    );
    change((settings) => updateTlsContext(settings, PEER_AUTH_CONTEXT, { peerSubjects: [EDGE] }));
    assert.deepEqual(federation.unselectedPeers(), []);
  });

  test("whose authority has left the trust store since the handshake is not admitted again", () => {
    const { federation, decisions, distrust } = makeFederation(...contoso);
    assert.equal(federation.connectionGate.admit(facts(certificate(EDGE))).kind, "admit");
    distrust();
    assert.equal(federation.connectionGate.admit(facts(certificate(EDGE))).kind, "refuse");
    assert.equal(decisions[0]?.decisions[0]?.rule, "certificate-untrusted");
    assert.match(String(decisions[0]?.decisions[0]?.inputs.presented), /removed from the trust store/);
  });

  test("a refusal names the subjects it would have taken with their descriptions (R47)", () => {
    const described = [domain("contoso.example"), selected(EDGE, { description: "Contoso's edge" })];
    const { federation, decisions } = makeFederation(...described);
    federation.connectionGate.admit(facts(certificate("sip.evil.example")));
    assert.equal(decisions[0]?.decisions[0]?.inputs.expected, `${EDGE} (Contoso's edge)`);
  });

  test("the policy server asks nobody for a certificate", () => {
    const { federation, change } = makeFederation(...contoso);
    change((settings) => updateTlsContext(settings, PEER_AUTH_CONTEXT, { authorizationPolicy: "server" }));
    assert.equal(federation.connectionGate.admit(facts(undefined)).kind, "admit");
  });
});

describe("a review of a peer's connection", () => {
  const hop = { host: EDGE, port: 5061, protocol: "tls" as const, domain: "contoso.example", from: "static-route 1" };
  const outbound = { direction: "outbound" as const, nextHop: hop };

  test("finds nothing against one that is right", () => {
    const { federation } = makeFederation(...contoso);
    assert.deepEqual(federation.review({ ...facts(certificate(EDGE)), ...outbound }, "contoso.example"), []);
  });

  test("finds everything at once, requests from there included, and records none of it", () => {
    const { federation, decisions } = makeFederation(
      ...contoso,
      domain("fabrikam.example"),
      selected("sip.fabrikam.example"),
    );
    const stranger = certificate("sip.stranger.example", { authorized: false, authorizationError: "CERT_HAS_EXPIRED" });
    const rules = (domainName: string, presented: PresentedCertificate): readonly string[] =>
      federation.review({ ...facts(presented), ...outbound }, domainName).map(({ rule }) => rule);
    assert.deepEqual(rules("contoso.example", stranger), [
      "certificate-expired",
      "tls-peer-subject",
      "hop-certificate",
      "claimed-domain",
    ]);
    assert.deepEqual(rules("contoso.example", certificate("sip.fabrikam.example")), [
      "hop-certificate",
      "claimed-domain",
    ]);
    assert.ok(rules("nowhere.example", stranger).includes("incoming-acl"));
    assert.deepEqual(decisions, []);
  });
});
