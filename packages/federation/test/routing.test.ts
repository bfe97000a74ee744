import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HopQuery, RouteDecision } from "@interpres/sip";
import { updateSipProxyParameters, updateStaticRoute } from "../src/index.ts";
import {
  domain,
  makeFederation,
  route,
  type Step,
  selected,
  subject,
  type TestFederation,
} from "./federation-parts.ts";

const query = (name: string, user = "bob"): HopQuery => ({ domain: name, uri: `sip:${user}@${name}` });

/** Hops as `host:port/protocol from`, or how it was refused. */
function told(decision: RouteDecision): string {
  if (decision.kind === "refused") return `${decision.status} ${decision.rule}`;
  return decision.hops.map((hop) => `${hop.host}:${hop.port}/${hop.protocol} ${hop.from}`).join(", ");
}

async function selectTold(parts: TestFederation, name: string): Promise<string> {
  return told(await parts.federation.nextHopSelector.select(query(name)));
}

interface Row {
  readonly rule: string;
  readonly steps: readonly Step[];
  readonly services?: readonly (readonly [name: string, target: string])[];
  readonly silent?: readonly string[];
  readonly for?: string;
  readonly gives: string;
}

const HOSTED = "_sipfederationtls._tcp.hosted.example";
const AOL = "_sipfederationtls._tcp.aol.com";
const CONTOSO = "_sipfederationtls._tcp.contoso.example";
const aol: readonly Step[] = [domain("aol.com", "aol"), domain("hosted.example", "aol")];

const rows: readonly Row[] = [
  { rule: "a domain nobody added", steps: [], gives: "403 domain-not-federated" },
  { rule: "no route and no record", steps: [domain("contoso.example")], gives: "404 no-route" },
  {
    rule: "a static route",
    steps: [domain("contoso.example"), route("contoso.example", "sip.contoso.example")],
    gives: "sip.contoso.example:5061/tls static-route 1",
  },
  {
    rule: "a static route before SRV",
    steps: [domain("contoso.example"), route("contoso.example", "192.0.2.7", { nextHopPort: 5070, protocol: "tcp" })],
    services: [[CONTOSO, "sip.contoso.example"]],
    gives: "192.0.2.7:5070/tcp static-route 1",
  },
  {
    rule: "SRV without a route",
    steps: [domain("contoso.example")],
    services: [[CONTOSO, "SIP.contoso.example"]],
    gives: `sip.contoso.example:5061/tls dns-srv ${CONTOSO}`,
  },
  {
    rule: "a blocked route",
    steps: [domain("contoso.example"), route(".*", "x", { blocked: true })],
    services: [[CONTOSO, "a.example"]],
    gives: "403 route-blocked",
  },
  {
    rule: "direct federation asks no DNS",
    steps: [domain("contoso.example", "microsoft", { directFederation: true })],
    services: [[CONTOSO, "a.example"]],
    gives: "404 no-route",
  },
  {
    rule: "microsoft asks no _sips",
    steps: [domain("contoso.example")],
    services: [["_sips._tcp.contoso.example", "a.example"]],
    gives: "404 no-route",
  },
  {
    rule: "standard asks _sips second",
    steps: [domain("contoso.example", "standard")],
    services: [["_sips._tcp.contoso.example", "a.example"]],
    gives: "a.example:5061/tls dns-srv _sips._tcp.contoso.example",
  },
  {
    rule: "standard asks _sipfederationtls first",
    steps: [domain("contoso.example", "standard")],
    services: [
      ["_sips._tcp.contoso.example", "a.example"],
      [CONTOSO, "b.example"],
    ],
    gives: `b.example:5061/tls dns-srv ${CONTOSO}`,
  },
  {
    rule: "a target of . offers nothing",
    steps: [domain("contoso.example")],
    services: [[CONTOSO, ""]],
    gives: "404 no-route",
  },
  { rule: "DNS that does not answer", steps: [domain("contoso.example")], silent: [CONTOSO], gives: "504 dns-failed" },
  {
    rule: "port 0 is an SRV name",
    steps: [domain("contoso.example"), route("contoso.example", "_sip._tls.edge.example", { nextHopPort: 0 })],
    services: [["_sip._tls.edge.example", "a.example"]],
    gives: "a.example:5061/tls static-route 1 dns-srv _sip._tls.edge.example",
  },
  {
    rule: "port 0 without records is a dead end, not a reason for SRV of the domain",
    steps: [domain("contoso.example"), route("contoso.example", "edge.example", { nextHopPort: 0 })],
    services: [[CONTOSO, "a.example"]],
    gives: "404 no-route",
  },
  {
    rule: "microsoft never falls back to the clearing house (R58)",
    steps: [...aol, domain("contoso.example"), route("aol.com", "gw.aol.com")],
    services: [[AOL, "srv.aol.com"]],
    gives: "404 no-route",
  },
  // Facts R59, the four questions for a hosted domain.
  {
    rule: "hosted (1) its static route",
    for: "hosted.example",
    steps: [...aol, route("hosted.example", "gw.hosted.example"), route("aol.com", "gw.aol.com")],
    services: [
      [HOSTED, "srv.hosted.example"],
      [AOL, "srv.aol.com"],
    ],
    gives: "gw.hosted.example:5061/tls static-route 1",
  },
  {
    rule: "hosted (2) its SRV",
    for: "hosted.example",
    steps: [...aol, route("aol.com", "gw.aol.com")],
    services: [
      [HOSTED, "srv.hosted.example"],
      [AOL, "srv.aol.com"],
    ],
    gives: `srv.hosted.example:5061/tls dns-srv ${HOSTED}`,
  },
  {
    rule: "hosted (3) static route of the clearing house",
    for: "hosted.example",
    steps: [...aol, route("aol.com", "gw.aol.com")],
    services: [[AOL, "srv.aol.com"]],
    gives: "gw.aol.com:5061/tls static-route 1",
  },
  {
    rule: "hosted (4) SRV of the clearing house",
    for: "hosted.example",
    steps: aol,
    services: [[AOL, "srv.aol.com"]],
    gives: `srv.aol.com:5061/tls dns-srv ${AOL}`,
  },
  { rule: "hosted: all four fail", for: "hosted.example", steps: aol, gives: "404 no-route" },
  {
    rule: "hosted: silence about its own SRV does not keep it from the clearing house",
    for: "hosted.example",
    steps: [...aol, route("aol.com", "gw.aol.com")],
    silent: [HOSTED],
    gives: "gw.aol.com:5061/tls static-route 1",
  },
  // Facts R60, the clearing house itself.
  {
    rule: "aol.com (5) its static route",
    for: "aol.com",
    steps: [...aol, route("aol.com", "gw.aol.com")],
    services: [[AOL, "srv.aol.com"]],
    gives: "gw.aol.com:5061/tls static-route 1",
  },
  {
    rule: "aol.com (6) its SRV",
    for: "aol.com",
    steps: aol,
    services: [[AOL, "srv.aol.com"]],
    gives: `srv.aol.com:5061/tls dns-srv ${AOL}`,
  },
];

describe("where requests go (facts R57–R60, B2.3)", () => {
  for (const row of rows) {
    test(`${row.rule}: ${row.gives}`, async () => {
      const parts = makeFederation(...row.steps);
      for (const [name, target] of row.services ?? []) parts.zone.service(name, target, 5061);
      for (const name of row.silent ?? []) parts.zone.fault(name, "silent");
      assert.equal(await selectTold(parts, row.for ?? "contoso.example"), row.gives);
    });
  }

  test("another clearing house moves its domains (R61)", async () => {
    const parts = makeFederation(...aol, route("clearing.example", "gw.clearing.example"));
    parts.change((settings) =>
      updateSipProxyParameters(settings, { defaultFederationRoutingDomain: "clearing.example" }, []),
    );
    assert.match(await selectTold(parts, "hosted.example"), /^gw\.clearing\.example/);
  });

  test("a zone that points at ourselves is not followed", async () => {
    const parts = makeFederation(domain("contoso.example"));
    parts.change((settings) => updateSipProxyParameters(settings, { federationRoutingFqdn: "edge.example.com" }, []));
    parts.zone.service(CONTOSO, "edge.example.com", 5061);
    assert.equal(await selectTold(parts, "contoso.example"), "404 no-route");
  });

  test("answers at once when it knows", async () => {
    const parts = makeFederation(domain("contoso.example"), domain("b.example"), route("b.example", "x.example"));
    parts.zone.service(CONTOSO, "sip.contoso.example", 5061);
    parts.federation.start();
    await parts.clock.elapse(0);
    for (const name of ["contoso.example", "B.example"]) {
      assert.equal(parts.federation.nextHopSelector.select(query(name)) instanceof Promise, false);
    }
    parts.federation.stop();
  });

  test("the certificate of a hop may show the hop, the domain, and what may speak for it", async () => {
    const parts = makeFederation(
      domain("contoso.example"),
      route("contoso.example", "fe1.contoso.example"),
      selected("pool.hoster.net", { speaksFor: ["contoso.example"] }),
      selected("sip.fabrikam.example"),
    );
    const decision = await parts.federation.nextHopSelector.select(query("contoso.example"));
    assert.ok(decision.kind === "hops");
    assert.deepEqual(decision.hops[0]?.expectedNames, ["fe1.contoso.example", "contoso.example", "pool.hoster.net"]);
  });

  test("at an address it may show subjects nobody else has claimed", async () => {
    const parts = makeFederation(
      domain("contoso.example"),
      route("contoso.example", "192.0.2.1"),
      domain("fabrikam.example"),
      route("fabrikam.example", "sip.fabrikam.example"),
      selected("edge.hoster.net"),
      selected("sip.fabrikam.example"),
    );
    const decision = await parts.federation.nextHopSelector.select(query("contoso.example"));
    assert.ok(decision.kind === "hops");
    assert.deepEqual(decision.hops[0]?.expectedNames, ["contoso.example", "edge.hoster.net"]);
  });
});

describe("hops that failed (RFC 3263 §4.3)", () => {
  const steps = [
    domain("contoso.example"),
    route("contoso.example", "a.contoso.example"),
    route("contoso.example", "b.contoso.example", { priority: 2 }),
  ];
  const hosts = async (parts: TestFederation): Promise<string> => {
    const decision = await parts.federation.nextHopSelector.select(query("contoso.example"));
    return decision.kind === "hops" ? decision.hops.map((hop) => hop.host.slice(0, 1)).join(" ") : decision.rule;
  };
  const first = async (parts: TestFederation) => {
    const decision = await parts.federation.nextHopSelector.select(query("contoso.example"));
    const hop = decision.kind === "hops" ? decision.hops[0] : undefined;
    assert.ok(hop);
    return hop;
  };

  test("go last for half a minute", async () => {
    const parts = makeFederation(...steps);
    parts.federation.hopFailed(await first(parts));
    assert.equal(await hosts(parts), "b a");
    parts.clock.advance(30_000);
    assert.equal(await hosts(parts), "a b");
  });

  test("go last as long as Retry-After of a 503 says, whatever connections they take", async () => {
    const parts = makeFederation(...steps);
    const hop = await first(parts);
    parts.federation.unavailable(hop, 120);
    parts.federation.hopAnswered(hop);
    parts.clock.advance(119_999);
    assert.equal(await hosts(parts), "b a");
    parts.clock.advance(1);
    assert.equal(await hosts(parts), "a b");
  });

  test("are told of once for each wait they asked for, however many requests they answered so", async () => {
    const parts = makeFederation(...steps);
    const hop = await first(parts);
    for (const seconds of [60, 60, undefined, 0, 86_400]) parts.federation.unavailable(hop, seconds);
    parts.clock.advance(600_000);
    parts.federation.unavailable(hop, 86_400);
    assert.deepEqual(
      parts.decisions.map(({ peer, result }) => `${peer} ${result}`),
      ["contoso.example asked to wait 60 s", "contoso.example asked to wait 600 s"],
    );
    assert.equal(parts.decisions[0]?.decisions[0]?.rule, "retry-after");
  });
});

describe("the way out", () => {
  test("is closed from a stop to the next start, and says so", async () => {
    const parts = makeFederation(domain("contoso.example"), route("contoso.example", "sip.contoso.example"));
    const before = await selectTold(parts, "contoso.example");
    parts.federation.stop();
    assert.equal(await selectTold(parts, "contoso.example"), "480 sip-proxy-stopped");
    parts.federation.start();
    assert.equal(await selectTold(parts, "contoso.example"), before);
    parts.federation.stop();
  });

  test("after a stop and a start, what DNS said before runs out as ever", async () => {
    const parts = makeFederation(domain("contoso.example"));
    parts.zone.service(CONTOSO, "old.contoso.example", 5061);
    parts.federation.start();
    await parts.clock.elapse(1);
    parts.federation.stop();
    parts.federation.start();
    await parts.clock.elapse(1);
    assert.match(await selectTold(parts, "contoso.example"), /^old/);
    parts.zone.service(CONTOSO, "new.contoso.example", 5061);
    await parts.clock.elapse(3600_000);
    assert.match(await selectTold(parts, "contoso.example"), /^new/);
    parts.federation.stop();
  });

  test("twenty times opened and closed, no timer is left", async () => {
    const { federation, clock, zone } = makeFederation(domain("contoso.example"));
    zone.host("sip.contoso.example", "192.0.2.1").service(CONTOSO, "sip.contoso.example", 5061);
    for (let time = 0; time < 20; time += 1) {
      federation.start();
      await clock.elapse(1);
      assert.equal(clock.pendingTimers > 0, true);
      federation.stop();
      assert.equal(clock.pendingTimers, 0);
    }
  });
});

describe("a thousand domains", () => {
  const names = Array.from({ length: 1000 }, (_, index) => `d${index}.example`);
  const steps = names.flatMap((name) => [domain(name), route(name, `sip.${name}`), subject(`sip.${name}`)]);

  test("keep the changed route apart from the others", async () => {
    const parts = makeFederation(...steps.slice(0, 30));
    parts.change((settings) =>
      updateStaticRoute(settings, "3", { destinationPattern: "d2.example", nextHop: "new.example" }),
    );
    assert.match(await selectTold(parts, "d2.example"), /^new\.example/);
    assert.match(await selectTold(parts, "d3.example"), /^sip\.d3/);
  });
});
