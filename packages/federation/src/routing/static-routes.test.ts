import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@interpres/testkit";
import { matchesUserPattern, parseUserPattern } from "./destination-pattern.ts";
import type { StaticRoute } from "./static-route.ts";
import { StaticRoutes } from "./static-routes.ts";
import { drawnOrder, likelyOrder } from "./weighted-order.ts";

function route(id: string, destinationPattern: string, rest: Partial<StaticRoute> = {}): StaticRoute {
  return {
    id,
    destinationPattern,
    description: "",
    nextHop: `${id}.example`,
    nextHopPort: 5061,
    routeType: "domain",
    protocol: "tls",
    priority: 1,
    weight: 1,
    allowLessSpecific: true,
    inService: true,
    blocked: false,
    ...rest,
  };
}

/** The ids in order of trial, or how it ended. */
function ids(routes: readonly StaticRoute[], domain: string, user?: string): string {
  const match = new StaticRoutes(routes).match(domain, user);
  if (match.kind !== "matched") return match.kind;
  return match.groups.flatMap((group) => likelyOrder(group.routes).map((one) => one.id)).join(" ");
}

describe("static routes by labels (facts R26, B2.3)", () => {
  const a = route("a", ".com.domaina.*");
  const rows: readonly {
    rule: string;
    routes: readonly StaticRoute[];
    domain: string;
    user?: string;
    gives: string;
  }[] = [
    { rule: "a pattern matches its domain", routes: [a], domain: "domaina.com", gives: "a" },
    { rule: "and what is below it", routes: [a], domain: "x.sub.domaina.com", gives: "a" },
    { rule: "not a longer last label", routes: [a], domain: "domainab.com", gives: "none" },
    { rule: "not a shorter name", routes: [a], domain: "com", gives: "none" },
    {
      rule: "without a star only the name itself",
      routes: [route("a", ".com.domaina")],
      domain: "sub.domaina.com",
      gives: "none",
    },
    { rule: "without a star the name itself", routes: [route("a", ".com.domaina")], domain: "domaina.com", gives: "a" },
    { rule: ".* is everything", routes: [route("a", ".*")], domain: "anything.example", gives: "a" },
    {
      rule: "most labels win, less specific ones follow",
      routes: [route("all", ".*"), route("com", ".com.*"), a, route("sub", ".com.domaina.sub.*")],
      domain: "sub.domaina.com",
      gives: "sub a com all",
    },
    {
      rule: "the exact name wins over the same with a star",
      routes: [a, route("x", ".com.domaina")],
      domain: "domaina.com",
      gives: "x a",
    },
    {
      rule: "nothing less specific where that is not allowed",
      routes: [route("a", ".com.domaina.*", { allowLessSpecific: false }), route("all", ".*")],
      domain: "domaina.com",
      gives: "a",
    },
    {
      rule: "lower priority number first, then weight",
      routes: [route("b", ".com.*", { priority: 2 }), route("l", ".com.*"), route("h", ".com.*", { weight: 9 })],
      domain: "a.com",
      gives: "h l b",
    },
    {
      rule: "out of service is not there",
      routes: [route("a", ".com.*", { inService: false })],
      domain: "a.com",
      gives: "none",
    },
    {
      rule: "blocked stops",
      routes: [route("a", ".com.*", { blocked: true }), route("all", ".*")],
      domain: "a.com",
      gives: "blocked",
    },
    {
      rule: "blocked above does not",
      routes: [a, route("all", ".*", { blocked: true })],
      domain: "domaina.com",
      gives: "a",
    },
    {
      rule: "blocked but out of service does nothing",
      routes: [a, route("b", ".com.domaina", { blocked: true, inService: false })],
      domain: "domaina.com",
      gives: "a",
    },
    {
      rule: "user routes come first, most literal characters leading",
      routes: [a, route("u", "1*", { routeType: "user" }), route("v", "155*", { routeType: "user" })],
      domain: "domaina.com",
      user: "1555",
      gives: "v u a",
    },
    {
      rule: "user routes need a user that matches",
      routes: [a, route("u", "1*", { routeType: "user" })],
      domain: "domaina.com",
      user: "bob",
      gives: "a",
    },
  ];
  for (const { rule, routes, domain, user, gives } of rows) {
    test(rule, () => assert.equal(ids(routes, domain, user), gives));
  }
});

describe("user patterns (facts B2.3)", () => {
  const rows = [
    { pattern: "1...", user: "1234", matches: true },
    { pattern: "1...", user: "12345", matches: false },
    { pattern: "*99", user: "1299", matches: true },
    { pattern: "a*b*c", user: "axxbxxbc", matches: true },
    { pattern: "*ab*abc.", user: "xabyabcz", matches: true },
    { pattern: "*abc*ab", user: "xabyab", matches: false },
    { pattern: "*1\\*2*", user: "01*23", matches: true },
    { pattern: "\\*1", user: "*1", matches: true },
    { pattern: "\\*1", user: "x1", matches: false },
    { pattern: "*", user: "", matches: true },
  ];
  for (const { pattern, user, matches } of rows) {
    test(`${pattern} ${matches ? "matches" : "does not match"} "${user}"`, () =>
      assert.equal(matchesUserPattern(parseUserPattern(pattern), user), matches));
  }

  test("ends, which in time exponential in the stars it would not", () => {
    assert.equal(matchesUserPattern(parseUserPattern("*a*a*a*a*a*b"), "a".repeat(20_000)), false);
  });
});

describe("weights", () => {
  test("twenty is first about twice as often as ten", () => {
    const random = new SeededRandom(7);
    const choices = [
      { priority: 1, weight: 10 },
      { priority: 1, weight: 20 },
      { priority: 0, weight: 1 },
    ];
    let heavy = 0;
    for (let round = 0; round < 3000; round += 1) {
      const order = drawnOrder(choices, random);
      assert.equal(order[0]?.weight, 1);
      if (order[1]?.weight === 20) heavy += 1;
    }
    assert.ok(heavy > 1800 && heavy < 2200, `heavy first ${heavy} times of 3000`);
  });

  test("every choice is there once", () => {
    const choices = [0, 0, 5].map((weight) => ({ priority: 1, weight }));
    assert.equal(new Set(drawnOrder(choices, new SeededRandom(3))).size, 3);
  });
});
