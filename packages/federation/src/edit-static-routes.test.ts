import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addStaticRoute, deleteStaticRoute, updateStaticRoute } from "./edit-static-routes.ts";
import { type FederationSettings, initialFederationSettings } from "./settings.ts";

const start = initialFederationSettings(["example.com"]);
const route = { destinationPattern: ".com.domaina.*", nextHop: "sip.domaina.com" };

function added(settings: FederationSettings, input: object): FederationSettings {
  const edit = addStaticRoute(settings, input);
  assert.ok(edit.kind === "changed");
  return edit.settings;
}

describe("static routes (facts R26–R30, B2.3)", () => {
  test("two fields are enough", () => {
    assert.deepEqual(added(start, route).staticRoutes, [
      {
        id: "1",
        destinationPattern: ".com.domaina.*",
        description: "",
        nextHop: "sip.domaina.com",
        nextHopPort: 5061,
        routeType: "domain",
        protocol: "tls",
        priority: 1,
        weight: 1,
        allowLessSpecific: true,
        inService: true,
        blocked: false,
      },
    ]);
  });

  const patterns = [
    { given: "domaina.com", stored: ".com.domaina.*" },
    { given: "Sub.DomainA.com", stored: ".com.domaina.sub.*" },
    { given: ".COM.domaina.*", stored: ".com.domaina.*" },
    { given: ".com.domaina", stored: ".com.domaina" },
    { given: ".*", stored: ".*" },
  ];
  for (const { given, stored } of patterns) {
    test(`${given} is stored as ${stored}`, () => {
      assert.equal(added(start, { ...route, destinationPattern: given }).staticRoutes[0]?.destinationPattern, stored);
    });
  }

  test("an address is stored as sockets write it", () => {
    assert.equal(added(start, { ...route, nextHop: "[2001:DB8:0::1]" }).staticRoutes[0]?.nextHop, "2001:db8::1");
  });

  const refused = [
    { rule: "a star in the middle", path: "destinationPattern", input: { destinationPattern: ".com.*.domaina" } },
    { rule: "a star inside a label", path: "destinationPattern", input: { destinationPattern: ".com.dom*" } },
    { rule: "an empty label", path: "destinationPattern", input: { destinationPattern: ".com..a.*" } },
    { rule: "an address as pattern", path: "destinationPattern", input: { destinationPattern: "192.0.2.1" } },
    { rule: "256 characters", path: "destinationPattern", input: { destinationPattern: `.${"a".repeat(255)}` } },
    { rule: "no next hop", path: "nextHop", input: { nextHop: "" } },
    { rule: "a next hop with a space", path: "nextHop", input: { nextHop: "sip domaina" } },
    { rule: "port 0 with an address", path: "nextHop", input: { nextHop: "192.0.2.1", nextHopPort: 0 } },
    { rule: "port 65536", path: "nextHopPort", input: { nextHopPort: 65536 } },
    { rule: "priority 0", path: "priority", input: { priority: 0 } },
    { rule: "priority 65536", path: "priority", input: { priority: 65536 } },
    { rule: "weight 0", path: "weight", input: { weight: 0 } },
    { rule: "protocol sctp", path: "protocol", input: { protocol: "sctp" } },
    { rule: "a port as text", path: "nextHopPort", input: { nextHopPort: "5061" } },
  ];
  for (const { rule, path, input } of refused) {
    test(`refuses ${rule}`, () => {
      const edit = addStaticRoute(start, { ...route, ...input });
      assert.ok(edit.kind === "refused");
      assert.equal(edit.status, 400);
      assert.deepEqual(
        edit.errors.map((error) => error.path),
        [path],
      );
    });
  }

  const taken = [
    { nextHop: "192.0.2.1" },
    { nextHop: "[2001:db8::1]" },
    { nextHop: "edge" },
    { nextHop: "_sip._tls.domaina.com", nextHopPort: 0 },
    { nextHop: "domaina.com", nextHopPort: 0 },
    { routeType: "user", destinationPattern: "1555*" },
  ];
  for (const input of taken) {
    test(`takes ${JSON.stringify(input)}`, () =>
      assert.equal(addStaticRoute(start, { ...route, ...input }).kind, "changed"));
  }

  test("at most 100 routes have the same pattern", () => {
    let settings = start;
    for (let count = 0; count < 100; count += 1) settings = added(settings, route);
    const edit = addStaticRoute(settings, route);
    assert.equal(edit.kind === "refused" && edit.type, "too-many-routes");
    assert.equal(addStaticRoute(settings, { ...route, destinationPattern: ".com.domainb.*" }).kind, "changed");
  });

  test("warns of TLS at 5060 (R28) and of a user route that looks like a domain (R29)", () => {
    const edit = addStaticRoute(start, { ...route, routeType: "user", nextHopPort: 5060 });
    assert.deepEqual(edit.kind === "changed" && edit.warnings.map((warning) => warning.path), [
      "nextHopPort",
      "routeType",
    ]);
  });

  test("is replaced whole and keeps its id; ids are not shared", () => {
    const two = added(added(start, route), { ...route, priority: 2 });
    const edit = updateStaticRoute(two, "1", { ...two.staticRoutes[0], inService: false });
    assert.ok(edit.kind === "changed");
    assert.deepEqual(
      edit.settings.staticRoutes.map(({ id, inService }) => [id, inService]),
      [
        ["1", false],
        ["2", true],
      ],
    );
  });

  test("is deleted; what is not there is not found", () => {
    const one = added(start, route);
    const edit = deleteStaticRoute(one, "1");
    assert.deepEqual(edit.kind === "changed" && edit.settings.staticRoutes, []);
    assert.equal(deleteStaticRoute(one, "2").kind, "refused");
    assert.equal(updateStaticRoute(one, "2", route).kind, "refused");
  });
});
