import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  deleteAclEntry,
  deleteDomain,
  type FederationSettings,
  type Outcome,
  PEER_AUTH_CONTEXT,
  updateSipProxyParameters,
  updateStaticRoute,
  updateTlsContext,
} from "../src/index.ts";
import {
  acl,
  ask,
  certificate,
  connection,
  contoso,
  domain,
  EDGE,
  facts,
  makeFederation,
  request,
  route,
  type Step,
  selected,
  type TestFederation,
  take,
} from "./federation-parts.ts";

const CERTIFICATE = {
  subjectCommonName: EDGE,
  dnsNames: [EDGE],
  uris: [],
  otherAlternativeNames: 0,
  extendedKeyUsages: [],
  problem: null,
};
const TLS = { protocol: "tls", address: "192.0.2.1", certificate: CERTIFICATE } as const;
const TCP = { protocol: "tcp", address: "192.0.2.9", certificate: null } as const;
const plain: readonly Step[] = [
  domain("plain.example", "standard"),
  route("plain.example", "192.0.2.9", { protocol: "tcp", nextHopPort: 5060 }),
  acl("Allow from 192.0.2.9"),
];
const unselected: Step = (settings) => updateTlsContext(settings, PEER_AUTH_CONTEXT, { peerSubjects: [] });

function draftOf({ settings }: TestFederation, ...steps: readonly Step[]): FederationSettings {
  return steps.reduce((draft, step) => take(step(draft)), settings());
}

const told = ({ kind, rule, detail }: Outcome): string => [kind, rule, detail].filter((part) => part).join(" ");

describe("admission under settings that are a draft", () => {
  test("says by what each question is passed", async () => {
    const { federation, decisions } = makeFederation(...contoso);
    const inbound = { peer: TLS, domain: "contoso.example", method: "MESSAGE" };
    const { verdict, steps } = await (await federation.simulate()).explainInbound(inbound);
    assert.equal(verdict, "admitted");
    assert.deepEqual(
      steps.map(({ name, outcome, detail }) => `${name} ${outcome}: ${detail}`),
      [
        "connection: incoming-acl passed: 192.0.2.1",
        "connection: certificate-missing passed: sip.contoso.example",
        "connection: certificate-untrusted passed: sip.contoso.example",
        "connection: certificate-purpose passed: sip.contoso.example",
        "connection: tls-peer-subject passed: sip.contoso.example",
        "connection: hop-certificate passed: sip.contoso.example",
        "request: domain-not-federated passed: contoso.example, type microsoft",
        "request: incoming-acl passed: Allow from contoso.example",
        "request: claimed-domain passed: sip.contoso.example",
        "request: method-policy passed: MESSAGE",
      ],
    );
    assert.equal(decisions.length, 0);
  });

  const rows: readonly { what: string; draft: Step; peer: typeof TLS | typeof TCP; of: string; rule: string | null }[] =
    [
      {
        what: "a subject no longer selected",
        draft: unselected,
        peer: TLS,
        of: "contoso.example",
        rule: "tls-peer-subject",
      },
      {
        what: "an entry removed",
        draft: (draft) => deleteAclEntry(draft, "3"),
        peer: TCP,
        of: "plain.example",
        rule: "incoming-acl",
      },
      {
        what: "a domain removed",
        draft: (draft) => deleteDomain(draft, "contoso.example"),
        peer: TLS,
        of: "contoso.example",
        rule: "domain-not-federated",
      },
      {
        what: "a domain added",
        draft: domain("fabrikam.example"),
        peer: TLS,
        of: "fabrikam.example",
        rule: "claimed-domain",
      },
      {
        what: "messages switched off",
        draft: (draft) => updateSipProxyParameters(draft, { imGateway: false }, []),
        peer: TLS,
        of: "contoso.example",
        rule: "method-policy",
      },
      { what: "something else", draft: acl("Allow from 198.51.100.1"), peer: TCP, of: "plain.example", rule: null },
    ];
  for (const { what, draft, peer, of, rule } of rows)
    test(`${what}: ${rule ?? "admitted as before"}`, async () => {
      const parts = makeFederation(...contoso, ...plain);
      const simulation = await parts.federation.simulate(draftOf(parts, draft));
      const inbound = { peer, domain: of, method: "MESSAGE" };
      assert.equal((await simulation.explainInbound(inbound)).rule, rule);
    });
});

describe("the way out under settings that are a draft", () => {
  test("names the route, our name there, and what the peer has to show", async () => {
    const parts = makeFederation(...contoso);
    const fqdn: Step = (draft) => updateSipProxyParameters(draft, { federationRoutingFqdn: "im.example.com" }, []);
    const simulation = await parts.federation.simulate(
      draftOf(parts, route("contoso.example", "new.example", { priority: 1 }), fqdn),
    );
    const found = await simulation.explainOutbound("bob@contoso.example");
    assert.deepEqual(found?.route.nextHops.map(({ host }) => host).toSorted(), ["new.example", EDGE]);
    assert.equal(found?.identity, "im.example.com");
    assert.deepEqual(found?.tls?.peerSubjects, [EDGE]);
    assert.ok(found?.tls?.certificateNames.includes("new.example"));
    assert.equal((await parts.federation.explain("bob@contoso.example"))?.nextHops.length, 1);
  });

  test("asks DNS for names that only the draft needs", async () => {
    const parts = makeFederation();
    parts.zone.service("_sipfederationtls._tcp.new.example", "sip.new.example", 5061);
    const simulation = await parts.federation.simulate(draftOf(parts, domain("new.example")));
    assert.equal((await simulation.explainOutbound("x@new.example"))?.route.verdict, "route");
    assert.equal((await parts.federation.explain("x@new.example"))?.verdict, "not-federated");
    assert.equal(await simulation.explainOutbound("<>"), undefined);
  });
});

describe("counts of what passed, judged again", () => {
  test("of the settings in force are judged as they were decided", async () => {
    const parts = makeFederation(...contoso, ...plain, domain("fabrikam.example"), selected("edge.fabrikam.example"));
    const { federation, passages } = parts;
    ask(parts, {});
    ask(parts, { from: "sip:eve@fabrikam.example" });
    ask(parts, { from: "sip:eve@nobody.example" });
    ask(parts, { method: "REGISTER" });
    ask(parts, { uri: "sip:nobody@example.com" });
    federation.connectionGate.admit(facts(certificate("stranger.example")));
    federation.connectionGate.admit(
      facts(certificate(EDGE, { authorized: false, authorizationError: "CERT_HAS_EXPIRED" })),
    );
    federation.connectionGate.admit(facts(certificate(EDGE, { chain: [] })));
    federation.requestGate.admit(
      request({ from: "sip:x@plain.example" }),
      connection(undefined, { protocol: "tcp", remoteAddress: "192.0.2.9" }),
    );
    const simulation = await federation.simulate();
    const drained = passages.drain();
    assert.equal(drained.length, 10);
    for (const passage of drained) assert.equal(simulation.judge(passage).rule, passage.rule, JSON.stringify(passage));
  });

  const drafts: readonly { what: string; draft: readonly Step[]; becomes: string }[] = [
    { what: "nothing", draft: [], becomes: "routed static-route .example.contoso.*: sip.contoso.example:5061 tls" },
    {
      what: "another hop",
      draft: [
        (draft) => updateStaticRoute(draft, "1", { destinationPattern: "contoso.example", nextHop: "new.example" }),
      ],
      becomes: "routed static-route .example.contoso.*: new.example:5061 tls",
    },
    {
      what: "a user's route",
      draft: [route("bob", "192.0.2.7", { routeType: "user" })],
      becomes: "routed static-route bob: 192.0.2.7:5061 tls, sip.contoso.example:5061 tls",
    },
    {
      what: "a blocked route",
      draft: [
        (draft) =>
          updateStaticRoute(draft, "1", { destinationPattern: "contoso.example", nextHop: EDGE, blocked: true }),
      ],
      becomes: "refused route-blocked",
    },
  ];
  for (const { what, draft, becomes } of drafts)
    test(`a request of ours under ${what}: ${becomes}`, async () => {
      const parts = makeFederation(...contoso);
      const simulation = await parts.federation.simulate(draftOf(parts, ...draft));
      const passed = { kind: "outbound-request", domain: "contoso.example", uri: "sip:bob@contoso.example" } as const;
      assert.equal(told(simulation.judge({ facts: passed, rule: null })), becomes);
    });

  test("a user who was not recorded is unknown where a route asks for users, and only there", async () => {
    const parts = makeFederation(...contoso);
    const passed = { facts: { kind: "outbound-request", domain: "contoso.example", uri: null }, rule: null } as const;
    const draft = draftOf(parts, route("bob", "192.0.2.7", { routeType: "user" }));
    assert.equal((await parts.federation.simulate(draft)).judge(passed).kind, "unknown");
    assert.equal((await parts.federation.simulate()).judge(passed).kind, "routed");
  });

  test("silence of DNS is no answer", async () => {
    const parts = makeFederation(domain("contoso.example"));
    parts.zone.fault("_sipfederationtls._tcp.contoso.example", "silent");
    const passed = { kind: "outbound-request", domain: "contoso.example", uri: "sip:b@contoso.example" } as const;
    assert.equal(told((await parts.federation.simulate()).judge({ facts: passed, rule: null })), "unknown dns-silent");
  });
});
