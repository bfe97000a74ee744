import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deleteAclEntry, deleteDomain, PeerIdentity, updateSipProxyParameters } from "../src/index.ts";
import {
  type Asked,
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
  told,
} from "./federation-parts.ts";

describe("the list for requests", () => {
  const both = [
    ...contoso,
    domain("fabrikam.example"),
    route("fabrikam.example", "edge.fabrikam.example"),
    selected("edge.fabrikam.example"),
  ];
  const rows: readonly { rule: string; asked: Asked; gives: string; name?: string; steps?: readonly Step[] }[] = [
    { rule: "a peer speaks for its domain", asked: {}, gives: "admit" },
    { rule: "case of the domain does not matter", asked: { from: "sip:bob@CONTOSO.example" }, gives: "admit" },
    { rule: "not federated", asked: { from: "sip:bob@nobody.example" }, gives: "403 domain-not-federated" },
    {
      rule: "a subdomain is another domain",
      asked: { from: "sip:bob@sub.contoso.example" },
      gives: "403 domain-not-federated",
    },
    {
      rule: "our own domain is not theirs",
      asked: { from: "sip:alice@example.com" },
      gives: "403 domain-not-federated",
    },
    { rule: "a telephone number has no domain", asked: { from: "tel:+1555" }, gives: "403 domain-not-federated" },
    {
      rule: "names of JavaScript are no domains",
      asked: { from: "sip:bob@constructor" },
      gives: "403 domain-not-federated",
    },
    { rule: "another peer's domain", asked: { from: "sip:eve@fabrikam.example" }, gives: "403 claimed-domain" },
    {
      rule: "another peer's domain, the other way",
      name: "edge.fabrikam.example",
      asked: {},
      gives: "403 claimed-domain",
    },
    { rule: "an unknown local user", asked: { uri: "sip:nobody@example.com" }, gives: "404 unknown-user" },
    {
      rule: "an address peers do not know her by",
      asked: { uri: "sip:carol@example.com" },
      gives: "404 federation-address",
    },
    { rule: "no user at all", asked: { uri: "sip:example.com" }, gives: "404 unknown-user" },
    { rule: "no relay to others", asked: { uri: "sip:eve@fabrikam.example" }, gives: "404 no-relay" },
    { rule: "a sender named by im or pres (RFC 3428 §5)", asked: { from: "im:bob@contoso.example" }, gives: "admit" },
    {
      rule: "a sender named so, of another's domain",
      asked: { from: "pres:eve@fabrikam.example" },
      gives: "403 claimed-domain",
    },
    { rule: "sips is not served", asked: { uri: "sips:alice@example.com" }, gives: "416 request-uri" },
    { rule: "tel is not served", asked: { uri: "tel:+1555" }, gives: "416 request-uri" },
    {
      rule: "within a dialog our Contact is the target",
      asked: { uri: "sip:imp1.example.com:5061", toTag: "2" },
      gives: "admit",
    },
    {
      rule: "OPTIONS may ask about this server",
      asked: { method: "OPTIONS", uri: "sip:imp1.example.com" },
      gives: "admit",
    },
    { rule: "REGISTER never", asked: { method: "REGISTER" }, gives: "403 method-policy" },
    { rule: "PUBLISH never", asked: { method: "PUBLISH" }, gives: "403 method-policy" },
    {
      rule: "an ACK is dropped, not answered",
      asked: { method: "ACK", from: "sip:bob@nobody.example" },
      gives: "drop domain-not-federated",
    },
  ];
  for (const { rule, asked, gives, name } of rows) {
    test(`${rule}: ${gives}`, () => assert.equal(told(ask(makeFederation(...both), asked, name)), gives));
  }

  test("sips is served to a peer whose operator agreed, for users of ours all the same (RFC 7247 §8)", () => {
    const agreed = { domain: "contoso.example", securedUris: "carried" } as const;
    const parts = makeFederation(...both, (settings) => ({
      kind: "changed",
      settings: { ...settings, dialectOverrides: [agreed] },
      resource: agreed,
      warnings: [],
    }));
    assert.equal(told(ask(parts, { uri: "sips:alice@example.com" })), "admit");
    assert.equal(told(ask(parts, { uri: "sips:nobody@example.com" })), "404 unknown-user");
  });

  test("the refusal carries both names and the request's Call-ID", () => {
    const parts = makeFederation(...both);
    ask(parts, { from: "sip:eve@fabrikam.example" });
    assert.deepEqual(parts.decisions[0]?.decisions[0]?.inputs, {
      presented: "fabrikam.example claimed by sip.contoso.example",
      expected: "fabrikam.example, edge.fabrikam.example",
    });
    assert.equal(parts.decisions[0]?.result, "refused 403");
  });

  test("a refusal says whether presence or messages were refused, and nothing of either where it was neither", () => {
    const parts = makeFederation(...both);
    for (const method of ["SUBSCRIBE", "INVITE", "MESSAGE", "OPTIONS", "constructor"])
      ask(parts, { method, from: "sip:eve@fabrikam.example" });
    assert.deepEqual(
      parts.decisions.map(({ traffic }) => traffic),
      ["presence", "im", "im", undefined, undefined],
    );
  });

  test("to the peer an address he ought not to use is nobody's; our side hears whose it is (R68)", () => {
    const parts = makeFederation(...both);
    const { rule: _unknown, ...nobody } = ask(parts, { uri: "sip:nobody@example.com" }) as { readonly rule: string };
    const { rule: _other, ...carol } = ask(parts, { uri: "sip:carol@example.com" }) as { readonly rule: string };
    assert.deepEqual(carol, nobody);
    const [, event] = parts.decisions;
    assert.deepEqual([event?.user, event?.decisions[0]?.rule], ["carol@example.com", "federation-address"]);
    assert.deepEqual(parts.dropped, [
      {
        user: "carol@example.com",
        from: "sip:bob@contoso.example",
        requestUri: "sip:carol@example.com",
        method: "MESSAGE",
      },
    ]);
  });

  test("a deleted domain is refused at once, within dialogs too (R6)", () => {
    const parts = makeFederation(...both);
    const verdict = parts.federation.connectionGate.admit(facts(certificate(EDGE)));
    assert.ok(verdict.kind === "admit" && verdict.identity instanceof PeerIdentity);
    const open = connection(verdict.identity);
    const inDialog = request({ method: "NOTIFY", toTag: "2" });
    assert.equal(told(parts.federation.requestGate.admit(inDialog, open)), "admit");
    parts.change((settings) => deleteDomain(settings, "contoso.example"));
    assert.equal(told(parts.federation.requestGate.admit(inDialog, open)), "403 domain-not-federated");
  });

  test("an entry that let an address in is deleted: refused at once, within dialogs too", () => {
    const parts = makeFederation(
      domain("contoso.example", "standard"),
      route("contoso.example", "192.0.2.1", { protocol: "tcp" }),
      acl("Allow from 192.0.2.1"),
    );
    const verdict = parts.federation.connectionGate.admit(facts(undefined, { protocol: "tcp" }));
    assert.ok(verdict.kind === "admit" && verdict.identity instanceof PeerIdentity);
    const open = connection(verdict.identity, { protocol: "tcp" });
    const inDialog = request({ method: "SUBSCRIBE", toTag: "2" });
    assert.equal(told(parts.federation.requestGate.admit(inDialog, open)), "admit");
    parts.change((settings) => deleteAclEntry(settings, settings.incomingAcl.at(-1)?.id ?? ""));
    assert.equal(told(parts.federation.requestGate.admit(inDialog, open)), "403 incoming-acl");
    assert.deepEqual(parts.decisions.at(-1)?.decisions[0]?.inputs, {
      presented: "contoso.example from 192.0.2.1",
      expected: "an entry of the incoming access list",
    });
  });

  test("with the IM gateway off only presence passes", () => {
    const parts = makeFederation(...both);
    parts.change((settings) => updateSipProxyParameters(settings, { imGateway: false }, []));
    assert.equal(told(ask(parts, {})), "403 method-policy");
    assert.equal(told(ask(parts, { method: "SUBSCRIBE" })), "admit");
  });

  test("over the rate it says when to come back, and BYE still passes", () => {
    const parts = makeFederation(...both);
    const override = { domain: "contoso.example", inboundRatePerSecond: 1, inboundBurst: 2 };
    parts.change((settings) => ({
      kind: "changed",
      settings: { ...settings, dialectOverrides: [override] },
      resource: 0,
      warnings: [],
    }));
    assert.deepEqual(
      [1, 2, 3].map(() => told(ask(parts, {}))),
      ["admit", "admit", "503 rate-limit"],
    );
    const verdict = ask(parts, {});
    assert.equal(verdict.kind === "refuse" && verdict.retryAfterSeconds, 1);
    assert.equal(told(ask(parts, { method: "BYE", toTag: "2" })), "admit");
    parts.clock.advance(1000);
    assert.equal(told(ask(parts, {})), "admit");
  });

  test("a bound of the stack's own that a request met is told with what is alive and what may be", () => {
    const parts = makeFederation(...both);
    const limits = { maximum: 100_000, maximumOfOne: 25_000 };
    const overload = { bound: "transactions", peer: "sip.contoso.example", limits, retryAfterSeconds: 3 } as const;
    parts.federation.requestGate.overloaded(request({}), { ...overload, ofPeer: 25_000, total: 25_100 });
    const [told] = parts.decisions.at(-1)?.decisions ?? [];
    assert.deepEqual(
      [told?.rule, told?.inputs.presented, told?.inputs.expected],
      [
        "bound-transactions",
        "25000 transactions of sip.contoso.example, 25100 of all",
        "25000 of one peer, 100000 of all",
      ],
    );
    assert.equal(parts.decisions.at(-1)?.result, "refused 503");
  });

  test("a flood of refusals is counted, not told one by one", () => {
    const parts = makeFederation(...both);
    for (let count = 0; count < 2000; count += 1) ask(parts, { from: `sip:eve${count}@nobody.example` });
    assert.equal(parts.decisions.length, 500);
  });
});
