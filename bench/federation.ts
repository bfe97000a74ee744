import {
  addDomain,
  addStaticRoute,
  Federation,
  type FederationSettings,
  initialFederationSettings,
} from "@interpres/federation";
import { silentLogger, silentMetrics, systemClock, systemRandom } from "@interpres/runtime";
import { FakeDnsServer, FakeZone } from "@interpres/testkit";
import { NodeProcess } from "../scenarios/harness/node-process.ts";
import { NodeMemory } from "./load/node-memory.ts";
import { canPin, NODE_CORE } from "./load/pinned.ts";
import { type BenchResult, median, quantile, type Row } from "./result.ts";

const DOMAINS = 1000;
const DECISIONS = 200_000;
const USER_DECISIONS = 20_000;
const EXPLANATIONS = 50_000;
const CHANGES = 100;

/** 1,000 federated domains with 1,000 static routes: what a decision costs, and how long a change takes. */
export async function benchFederation(): Promise<BenchResult> {
  const rows = [...(await decisions()), ...(await changes())];
  return { section: `Federation with ${DOMAINS} domains and ${DOMAINS} static routes`, rows };
}

const nameOf = (index: number): string => `d${index}.peer.example`;
const domainOf = (index: number) => ({ domain: nameOf(index), integrationType: "microsoft", description: "A peer" });
/** An address as next hop: what is measured is the decision, not DNS. */
const routeOf = (index: number) => ({
  destinationPattern: `.example.peer.d${index}`,
  nextHop: `192.0.2.${index % 250}`,
  nextHopPort: 5061,
  protocol: "tls",
});

/** What a user part begins with says nothing here, so that every pattern has to be looked at. */
const userRouteOf = (index: number) => ({
  ...routeOf(index),
  destinationPattern: `*.${1000 + index}`,
  routeType: "user",
});

function everything(route: (index: number) => object): FederationSettings {
  let settings = initialFederationSettings(["example.com"]);
  for (let index = 0; index < DOMAINS; index += 1) {
    for (const edit of [addDomain(settings, domainOf(index)), addStaticRoute(settings, route(index))]) {
      if (edit.kind !== "changed") throw new Error(JSON.stringify(edit));
      settings = edit.settings;
    }
  }
  return settings;
}

async function decisions(): Promise<readonly Row[]> {
  const settings = everything(routeOf);
  const federation = federationWith(settings);
  const queries = Array.from({ length: DOMAINS }, (_, index) => ({
    domain: nameOf(index),
    uri: `sip:bob@${nameOf(index)}`,
  }));
  const decideUs = await eachUs(DECISIONS, (index) => federation.nextHopSelector.select(at(queries, index)));
  const explainUs = await eachUs(EXPLANATIONS, (index) => federation.explain(`sip:bob@${nameOf(index % DOMAINS)}`));
  const snapshots = [settings, { ...settings }];
  const changeUs = await eachUs(CHANGES, (index) => federation.settingsChanged(at(snapshots, index)));
  federation.stop();
  return [
    { name: "a routing decision (goal: under 50)", value: decideUs, unit: "us" },
    { name: "the same among routes of type user (goal: under 50)", value: await userDecisionUs(), unit: "us" },
    { name: "an explanation (goal: under 50)", value: explainUs, unit: "us" },
    { name: "rules of a new snapshot", value: changeUs / 1000, unit: "ms" },
  ];
}

/** With routes of type user, which cannot be looked up by labels. */
async function userDecisionUs(): Promise<number> {
  const federation = federationWith(everything(userRouteOf));
  const queries = Array.from({ length: DOMAINS }, (_, index) => ({
    domain: nameOf(index),
    uri: `sip:given.name.and.surname.${1000 + index}@${nameOf(index)}`,
  }));
  const decideUs = await eachUs(USER_DECISIONS, (index) => federation.nextHopSelector.select(at(queries, index)));
  federation.stop();
  return decideUs;
}

function federationWith(settings: FederationSettings): Federation {
  const federation = new Federation({
    settings: () => settings,
    nodeFqdn: () => "imp1.example.com",
    certificates: { own: () => ({ chainPem: "", keyPem: "" }), trusted: () => [], onChange: () => undefined },
    targets: { isLocalDomain: (name) => name === "example.com", addressee: () => ({ kind: "nobody" }) },
    resolver: new FakeZone(),
    clock: systemClock,
    random: systemRandom,
    decisions: { record: () => undefined },
    log: silentLogger,
    metrics: silentMetrics,
  });
  federation.start();
  return federation;
}

/** Microseconds a call takes on average, in the best of five rounds. */
async function eachUs(calls: number, run: (index: number) => unknown): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const startedAt = performance.now();
    for (let index = 0; index < calls / 5; index += 1) {
      const outcome = run(index);
      if (outcome instanceof Promise) await outcome;
    }
    rounds.push(((performance.now() - startedAt) * 1000) / (calls / 5));
  }
  return Math.min(...rounds);
}

function at<T>(all: readonly T[], index: number): T {
  const one = all[index % all.length];
  if (one === undefined) throw new RangeError("nothing there");
  return one;
}

/** On a real node: the answer to a change is given when it is stored and in force, and the explanation says so. */
async function changes(): Promise<readonly Row[]> {
  const memory = new NodeMemory();
  const dns = await FakeDnsServer.start(new FakeZone());
  const runner = [...(canPin ? ["/usr/bin/taskset", "-c", String(NODE_CORE)] : []), ...memory.runner];
  const node = new NodeProcess({ dnsServer: `127.0.0.1:${dns.port}`, runner, logLevel: "warn" });
  try {
    await node.start();
    const before = await memory.read(node.pid);
    const routes = await fill(node);
    const after = await memory.read(node.pid);
    const elapsed: number[] = [];
    for (let index = 0; index < CHANGES; index += 1) elapsed.push(await changeMs(node, at(routes, index * 7), index));
    return [
      { name: "PUT of a route until in force, p50 (goal: under 200)", value: median(elapsed), unit: "ms" },
      { name: "PUT of a route until in force, p99 (goal: under 200)", value: quantile(elapsed, 0.99), unit: "ms" },
      { name: "heap of a domain with its route", value: (after.heapUsed - before.heapUsed) / DOMAINS, unit: "bytes" },
      { name: "resident of a domain with its route", value: (after.rss - before.rss) / DOMAINS, unit: "bytes" },
    ];
  } finally {
    await node.remove();
    await dns.close();
    memory.remove();
  }
}

interface SavedRoute {
  readonly id: string;
  readonly index: number;
}

async function fill({ admin }: NodeProcess): Promise<readonly SavedRoute[]> {
  const saved: SavedRoute[] = [];
  for (let index = 0; index < DOMAINS; index += 1) {
    await admin.ask("POST", "/sip-federated-domains", domainOf(index));
    const { id } = (await admin.ask("POST", "/static-routes", routeOf(index))) as { readonly id: string };
    saved.push({ id, index });
  }
  return saved;
}

async function changeMs({ admin }: NodeProcess, { id, index }: SavedRoute, turn: number): Promise<number> {
  const nextHop = `198.51.100.${turn}`;
  const startedAt = performance.now();
  await admin.ask("PUT", `/static-routes/${id}`, { ...routeOf(index), nextHop });
  const elapsedMs = performance.now() - startedAt;
  const explanation = await admin.ask("GET", `/routes/explain?uri=sip:bob@${nameOf(index)}`);
  if (!JSON.stringify(explanation).includes(nextHop)) throw new Error("the change is not in force");
  return elapsedMs;
}
