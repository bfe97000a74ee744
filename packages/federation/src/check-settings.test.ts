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

  test("refuse the name of a node that has users", () => {
    const edit = updateSipProxyParameters(start, { federationRoutingFqdn: "imp1.example.com" }, ["imp1.example.com"]);
    assert.equal(edit.kind === "refused" && edit.status, 409);
  });

  test("refuse an illegal domain and an unknown parameter", () => {
    for (const input of [{ defaultFederationRoutingDomain: "-" }, { serverName: 5 }, { colour: "red" }]) {
      const edit = updateSipProxyParameters(start, input, []);
      assert.equal(edit.kind === "refused" && edit.status, 400);
    }
  });
});
