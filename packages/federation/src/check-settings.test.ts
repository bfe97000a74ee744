import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { settingsProblems } from "./check-settings.ts";
import { addDomain } from "./edit-domains.ts";
import { updateSipProxyParameters } from "./edit-parameters.ts";
import { addStaticRoute } from "./edit-static-routes.ts";
import { type FederationSettings, initialFederationSettings } from "./settings.ts";

const start = initialFederationSettings(["example.com"]);

function sample(): FederationSettings {
  const domain = addDomain(start, { domain: "contoso.example", integrationType: "microsoft" });
  assert.ok(domain.kind === "changed");
  const route = addStaticRoute(domain.settings, {
    destinationPattern: "contoso.example",
    nextHop: "sip.contoso.example",
  });
  assert.ok(route.kind === "changed");
  return route.settings;
}

describe("a whole document", () => {
  test("made by edits has no problem", () => assert.deepEqual(settingsProblems(sample()), []));

  const settings = sample();
  const [domain] = settings.sipFederatedDomains;
  const [route] = settings.staticRoutes;
  const wrong = [
    { rule: "a missing list", document: { ...settings, staticRoutes: undefined }, path: "staticRoutes" },
    { rule: "an unknown key", document: { ...settings, colour: 1 }, path: "colour" },
    {
      rule: "a federated local domain",
      document: { ...settings, localDomains: ["contoso.example"] },
      path: "sipFederatedDomains.0.domain",
    },
    {
      rule: "the same domain twice",
      document: { ...settings, sipFederatedDomains: [domain, domain] },
      path: "sipFederatedDomains.1.domain",
    },
    {
      rule: "an owned entry without owner",
      document: { ...settings, sipFederatedDomains: [] },
      path: "incomingAcl.0.origin",
    },
    { rule: "a domain without its entry", document: { ...settings, incomingAcl: [] }, path: "sipFederatedDomains.0" },
    {
      rule: "a bad pattern",
      document: { ...settings, staticRoutes: [{ ...route, destinationPattern: "x*" }] },
      path: "staticRoutes.0.destinationPattern",
    },
    { rule: "a missing context", document: { ...settings, tlsContexts: [] }, path: "tlsContexts" },
  ];
  for (const { rule, document, path } of wrong) {
    test(`with ${rule} is refused with its path`, () => assert.equal(settingsProblems(document)[0]?.path, path));
  }
});

describe("service parameters of sip-proxy (facts R38–R41, R61)", () => {
  test("change one by one", () => {
    const edit = updateSipProxyParameters(start, { federationRoutingFqdn: "Imp1-Public.example.com" }, []);
    assert.equal(edit.kind === "changed" && edit.resource.federationRoutingFqdn, "imp1-public.example.com");
    assert.equal(edit.kind === "changed" && edit.resource.defaultFederationRoutingDomain, "aol.com");
  });

  const node = "imp1.example.com";
  const named = updateSipProxyParameters(start, { federationRoutingFqdn: "public.example.com" }, []);
  for (const { fqdn, users, refused } of [
    { fqdn: node, users: [node], refused: true },
    { fqdn: "IMP1.Example.com.", users: [node], refused: true },
    { fqdn: "", users: [node], refused: true },
    { fqdn: node, users: [], refused: false },
    { fqdn: "public2.example.com", users: [node], refused: false },
    { fqdn: "public.example.com", users: ["public.example.com"], refused: true },
  ]) {
    const given = `"${fqdn}" where users are at ${users.join() || "no node"}`;
    test(`R40: ${refused ? "refuse" : "take"} ${given}`, () => {
      assert.ok(named.kind === "changed");
      const edit = updateSipProxyParameters(named.settings, { federationRoutingFqdn: fqdn }, users);
      assert.equal(edit.kind === "refused" ? edit.type : "taken", refused ? "routing-fqdn-has-users" : "taken");
    });
  }

  test("R40: something else is saved while the routing FQDN stays the name of a node that has users", () => {
    assert.ok(named.kind === "changed");
    const edit = updateSipProxyParameters(named.settings, { imGateway: false }, ["public.example.com"]);
    assert.equal(edit.kind === "changed" && edit.resource.imGateway, false);
  });

  for (const { path, value } of [
    { path: "defaultFederationRoutingDomain", value: "-" },
    { path: "defaultFederationRoutingDomain", value: "" },
    { path: "defaultFederationRoutingDomain", value: "192.0.2.1" },
    { path: "federationRoutingFqdn", value: "imp1_public.example.com" },
    { path: "federationRoutingFqdn", value: "192.0.2.1" },
    { path: "federationRoutingFqdn", value: "a".repeat(256) },
    { path: "serverName", value: 5 },
    { path: "serverName", value: "lb example" },
    { path: "imGateway", value: "off" },
    { path: "useTransportInRecordRoute", value: null },
    { path: "colour", value: "red" },
  ]) {
    test(`refuse ${path} ${JSON.stringify(value).slice(0, 30)}`, () => {
      const edit = updateSipProxyParameters(start, { [path]: value }, []);
      assert.ok(edit.kind === "refused");
      assert.deepEqual([edit.status, edit.errors[0]?.path], [400, path]);
    });
  }

  test("R61: warn of a clearing house that no domain of type aol is", () => {
    const edit = updateSipProxyParameters(start, { defaultFederationRoutingDomain: "clearing.example" }, []);
    assert.match((edit.kind === "changed" && edit.warnings[0]?.message) || "", /not a federated domain of type aol/);
  });
});
