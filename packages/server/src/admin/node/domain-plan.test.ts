import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FederationSettings, initialFederationSettings } from "@interpres/federation";
import { type DomainFacts, type DomainPlan, planDomain } from "./domain-plan.ts";

const FEDERATION = withRoutingFqdn("imp1.example.com", {
  ...initialFederationSettings(["example.com"]),
  sipFederatedDomains: [
    { domain: "contoso.example", description: "", integrationType: "microsoft", directFederation: false },
    { domain: "inside.example", description: "", integrationType: "microsoft", directFederation: true },
    { domain: "aol.com", description: "", integrationType: "aol", directFederation: false },
    { domain: "sip.example", description: "", integrationType: "standard", directFederation: false },
  ],
});

const FACTS: DomainFacts = {
  node: "imp1",
  fqdn: "imp1.example.com",
  sipProxyDomain: "example.org",
  federation: FEDERATION,
  sipTlsPort: 5061,
  dhcpDomain: undefined,
  foreignIssuers: new Map(),
};

describe("a change of the node's domain, before it is made (facts R2, R31 to R36)", () => {
  test("names the FQDN, every certificate and the routing FQDN it drags along", () => {
    const plan = planned("example.org.");
    assert.deepEqual(plan.fqdn, { from: "imp1.example.com", to: "imp1.example.org" });
    assert.deepEqual(plan.federationRoutingFqdn, plan.fqdn);
    assert.deepEqual(
      plan.certificates.map(({ purpose, commonName }) => `${purpose} ${commonName}`),
      ["sip imp1.example.org", "xmpp example.com", "xmpp-s2s example.com", "admin imp1.example.org"],
    );
    assert.deepEqual(plan.warnings, []);
    assert.ok(plan.wanted.every(({ dnsNames }) => dnsNames.includes("imp1.example.org")));
    assert.deepEqual(plan.records, [
      "_sipfederationtls._tcp.example.com. IN SRV 0 0 5061 imp1.example.org.",
      "imp1.example.org. IN A <public address of this node>",
    ]);
  });

  test("tells each peer what its administrator must change, in the words of his product", () => {
    const [edge, direct, house, standard] = planned("example.org").peers;
    assert.match(edge?.changes.join("\n") ?? "", /subject name .*imp1\.example\.org, no longer imp1\.example\.com/);
    assert.match(edge?.changes.join("\n") ?? "", /provider entry .*imp1\.example\.com becomes imp1\.example\.org/);
    assert.match(edge?.changes.join("\n") ?? "", /SRV target of _sipfederationtls\._tcp\.example\.com/);
    assert.match(direct?.changes.join("\n") ?? "", /trusted application/);
    assert.match(house?.changes.join("\n") ?? "", /registration with the clearing house/);
    assert.match(standard?.changes.join("\n") ?? "", /route to our domain/);
  });

  test("a routing FQDN of another name stays, and peers have only the certificate to change", () => {
    const federation = withRoutingFqdn("imp-public.example.com", FEDERATION);
    const plan = planned("example.org", { ...FACTS, federation });
    assert.equal(plan.federationRoutingFqdn, null);
    assert.deepEqual(plan.records, []);
    assert.deepEqual(
      plan.peers.map(({ changes }) => changes.length),
      [1, 1, 1, 1],
    );
  });

  test("a certificate of somebody else is replaced all the same, and peers learn of the new authority", () => {
    const plan = planned("example.org", { ...FACTS, foreignIssuers: new Map([["sip", "Public CA"]]) });
    assert.deepEqual(plan.certificates[0], {
      purpose: "sip",
      commonName: "imp1.example.org",
      replacesIssuer: "Public CA",
    });
    assert.match(plan.peers[0]?.changes[1] ?? "", /no longer by Public CA/);
  });

  test("warns when DHCP supplies the domain, and when it is not the SIP proxy domain", () => {
    const [dhcp, proxy] = planned("example.net", { ...FACTS, dhcpDomain: "lan.example" }).warnings;
    assert.match(dhcp ?? "", /DHCP .*lan\.example/);
    assert.match(proxy ?? "", /example\.net is not the SIP proxy domain example\.org/);
  });

  const refused = ["", "-a.example", "192.0.2.1", "a..example", "bad_name.example", `${"a".repeat(64)}.example`];
  for (const name of refused)
    test(`"${name}" is no domain`, () => assert.equal(planDomain(name, FACTS).kind, "refused"));

  test("a domain that leaves no room for the host is refused", () => {
    const long = `${"a.".repeat(125)}example`;
    assert.deepEqual(planDomain(long, { ...FACTS, fqdn: "imp1" }).kind, "refused");
  });

  test("the domain it is in already is no change", () => {
    assert.deepEqual(planDomain("Example.COM", FACTS), {
      kind: "refused",
      message: "example.com is the domain of this node already",
    });
  });

  test("a node without a domain gets its first one", () => {
    assert.equal(planned("example.org", { ...FACTS, fqdn: "imp1" }).fqdn.to, "imp1.example.org");
  });
});

function planned(name: string, facts: DomainFacts = FACTS): DomainPlan {
  const planning = planDomain(name, facts);
  if (planning.kind === "refused") throw new Error(planning.message);
  return planning.plan;
}

function withRoutingFqdn(federationRoutingFqdn: string, settings: FederationSettings): FederationSettings {
  const parameters = settings.serviceParameters["sip-proxy"];
  return { ...settings, serviceParameters: { "sip-proxy": { ...parameters, federationRoutingFqdn } } };
}
