import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import type { XmppClient } from "@interpres/testkit";
import { parse } from "yaml";
import { eventually } from "../harness/eventually.ts";
import { askOnce } from "../harness/one-request.ts";
import { missingPeers } from "../harness/peers.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { RunningProgram } from "../harness/run-program.ts";
import { isBody } from "../harness/stanzas.ts";
import { Prometheus } from "./prometheus-peer.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;
const OPERATIONS = resolve(import.meta.dirname, "../../docs/operations");
const RULES = resolve(OPERATIONS, "prometheus-alerts.yml");

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}
interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly Target[] }[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}
interface AlertingRules {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

const dashboard = JSON.parse(readFileSync(resolve(OPERATIONS, "grafana-dashboard.json"), "utf8")) as Dashboard;
const alerts = parse(readFileSync(RULES, "utf8")) as AlertingRules;

/** As Grafana fills it in. */
function filled(expression: string): string {
  return expression.replaceAll("$instance", ".*").replaceAll("$__rate_interval", "10s");
}

/** What of a rule must be there for it ever to fire: without its comparison, over times as short as the test. */
function operand(expression: string): string {
  const short = expression.replaceAll(/\[\d+m\]/g, "[10s]").replaceAll(/\{result="dropped"\}|\{result=~"[^"]*"\}/g, "");
  return short.split(/\s+(?:==|<|>)\s+/)[0] ?? "";
}

/** The labels that an expression groups by and that its texts show; `le` is gone once a quantile is taken. */
function labelsOf(expression: string, texts: readonly string[]): readonly string[] {
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(", "));
  const shown = texts.flatMap((text) =>
    [...text.matchAll(/\{\{ ?(?:\$labels\.)?(\w+) ?\}\}/g)].map(([, label = ""]) => label),
  );
  return [...grouped, ...shown].filter((label) => label !== "le");
}

/** The metrics as Prometheus takes them, and what the shipped dashboard and rules ask of them. */
describe("monitoring with Prometheus", { skip: missingPeers("prometheus", "promtool") }, () => {
  let bed: RoadBed;
  let prometheus: Prometheus;
  let alice: XmppClient;
  const collector = createSocket("udp4");

  before(async () => {
    bed = await RoadBed.start();
    prometheus = await Prometheus.start(bed.node);
    await new Promise<void>((done) => collector.bind(0, "127.0.0.1", done));
    const { port } = collector.address();
    await bed.node.admin.ask("PUT", "/trace/collector", { enabled: true, host: "127.0.0.1", port });
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
    alice.send(`<presence to='${BOB}' type='subscribe'/>`);
    // What a counter has not counted yet has no series: everything that the panels show happens once.
    for (const words of ["one", "two"]) {
      await bed.edge.say("bob", ALICE, words);
      await alice.waitFor(isBody(words));
      alice.send(`<message to='${BOB}' type='chat'><body>${words}</body></message>`);
    }
    await nonsense(bed);
    await refused(bed);
  });
  after(async () => {
    collector.close();
    await prometheus?.stop();
    await bed?.end();
  });

  test("Prometheus reads what /metrics answers, as OpenMetrics", async () => {
    await eventually(async () => {
      const { health, lastError } = await prometheus.target();
      assert.deepEqual([health, lastError], ["up", ""]);
    });
  });

  test("promtool finds no fault in the names and texts of ours", async () => {
    const text = String((await bed.node.admin.try("GET", "/metrics")).body);
    const checking = new RunningProgram("promtool", ["check", "metrics"]);
    checking.end(text);
    const { out, err } = await checking.ended();
    // It reads the older format, in which the family of a counter has no name of its own.
    const complaints = `${out}${err}`.split("\n").filter((line) => line.startsWith("interpres_"));
    assert.deepEqual(
      complaints.filter((line) => !/non-histogram and non-summary|no help text/.test(line)),
      [],
    );
    assert.doesNotMatch(err, /error while linting/);
  });

  /** Something answers, and some of it has each of these labels. */
  async function isThere(expression: string, labels: readonly string[]): Promise<void> {
    await eventually(async () => {
      const series = await prometheus.query(expression);
      assert.notEqual(series.length, 0, expression);
      for (const label of labels)
        assert.ok(
          series.some(({ metric }) => (metric[label] ?? "") !== ""),
          `${label} of ${expression}`,
        );
    });
  }

  for (const { title, targets } of dashboard.panels)
    for (const [index, { expr, legendFormat }] of targets.entries())
      test(`the panel "${title}" has something to show (${index + 1})`, () =>
        isThere(filled(expr), labelsOf(expr, [legendFormat])));

  test("promtool takes the alerting rules", async () => {
    const { code, out } = await new RunningProgram("promtool", ["check", "rules", RULES]).ended();
    assert.equal(code, 0, out);
  });

  for (const { alert, expr, annotations } of alerts.groups.flatMap(({ rules }) => rules))
    test(`the rule ${alert} asks for what is there`, () =>
      isThere(operand(expr), labelsOf(expr, Object.values(annotations))));
});

/** Something that is no SIP, from somebody who may speak. */
async function nonsense(bed: RoadBed): Promise<void> {
  const { cert, key, ca } = bed.edgeKeys;
  const port = bed.node.ports.sipTls;
  const ends = new Promise<void>((done) => {
    const socket = connect({ host: "127.0.0.1", port, cert, key, ca, checkServerIdentity: () => undefined });
    socket.once("secureConnect", () => socket.write("no SIP at all\r\n\r\n"));
    socket.on("error", () => undefined).resume();
    socket.once("close", () => done());
  });
  await ends;
}

/** A request in a name the peer may not speak for. */
async function refused(bed: RoadBed): Promise<void> {
  const request = { method: "MESSAGE", from: "eve@elsewhere.example", to: ALICE, body: "x" } as const;
  assert.match(await askOnce(bed.node.ports.sipTls, bed.edgeKeys, request), /^SIP\/2\.0 403/);
}
