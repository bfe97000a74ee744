import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TraceCollectorSettings } from "@interpres/admin-api";
import { type DecisionEvent, type FlowEvent, MetricsRegistry, silentLogger } from "@interpres/runtime";
import { FakeClock, somePath } from "@interpres/testkit";
import { DecisionFeed } from "./decision-feed.ts";
import { TraceExporter } from "./trace-exporter.ts";

const ALICE = "alice@example.com";
const BOB = "bob@contoso.example";
const SETTINGS: TraceCollectorSettings = {
  enabled: true,
  host: "homer.example",
  port: 9060,
  protocol: "tcp",
  captureId: 2001,
  bodies: "masked",
};

function message(more: Partial<FlowEvent> & { readonly words?: string } = {}): FlowEvent {
  const words = more.words ?? "MESSAGE sip:a@b SIP/2.0\r\nCall-ID: c1\r\nAuthorization: x c0ffee\r\nl: 4\r\n\r\nhush";
  return {
    leg: "sip",
    direction: "inbound",
    remote: "tls:192.0.2.1:40000",
    summary: "MESSAGE sip:a@b",
    path: () => somePath,
    parties: () => [BOB, ALICE],
    text: () => words,
    ...more,
  };
}

const stanza = (words: string, parties: readonly string[] = [ALICE, BOB]): FlowEvent =>
  message({ leg: "xmpp", summary: words.slice(1), parties: () => parties, words });

function decision(inputs: Readonly<Record<string, string>>): DecisionEvent {
  const decisions = [{ rule: "foreign-delivery", outcome: "done", inputs } as const];
  return { id: "d", at: 0, kind: "message", direction: "outbound", user: ALICE, peer: BOB, decisions, result: "done" };
}

interface Bench {
  readonly exporter: TraceExporter;
  readonly clock: FakeClock;
  readonly feed: DecisionFeed;
  readonly sent: string[];
  readonly lines: { readonly broken: (error: Error) => void; isClosed: boolean }[];
  readonly collector: { state: "takes" | "full" | "silent" };
  count(result: string): Promise<number>;
}

function bench(
  settings: Partial<TraceCollectorSettings> = {},
  authKey: () => Promise<string | undefined> = async () => undefined,
): Bench {
  const clock = new FakeClock();
  const feed = new DecisionFeed();
  const metrics = new MetricsRegistry();
  const sent: string[] = [];
  const lines: Bench["lines"] = [];
  const collector: Bench["collector"] = { state: "takes" };
  const exporter = new TraceExporter({
    clock,
    metrics,
    log: silentLogger,
    peers: { get: (domain) => (domain === "contoso.example" ? { domain } : undefined) },
    decisionFeed: feed,
    decided: () => [],
    settings: () => ({ ...SETTINGS, ...settings }),
    authKey,
    trustedPem: () => [],
    openLine: async (_address, broken) => {
      if (collector.state === "silent") throw new Error("no answer");
      const line = { broken, isClosed: false };
      lines.push(line);
      return {
        send: (packet) => {
          if (collector.state === "full") return "full";
          sent.push(Buffer.from(packet).toString("latin1"));
          return "sent";
        },
        close: async () => {
          line.isClosed = true;
        },
      };
    },
  });
  const count = async (result: string): Promise<number> => {
    const line = new RegExp(`interpres_trace_collector_packets_total\\{result="${result}"\\} (\\d+)`);
    return Number(line.exec(await metrics.text())?.[1] ?? 0);
  };
  return { exporter, clock, feed, sent, lines, collector, count };
}

describe("the export of the flow to a collector", () => {
  test("writes after the turn that brought the message, secrets and bodies masked", async () => {
    const { exporter, clock, sent, count } = bench();
    await exporter.start();
    exporter.flow(message());
    assert.deepEqual(sent, [], "nothing is written while a message passes");
    clock.advance(20);
    assert.equal(sent.length, 1);
    assert.match(sent[0] ?? "", /^HEP3[\s\S]*MESSAGE sip:a@b/);
    assert.doesNotMatch(sent[0] ?? "", /hush|c0ffee/);
    assert.equal(await count("sent"), 1);
  });

  test("shows bodies where the settings say so, secrets never", async () => {
    const { exporter, clock, sent } = bench({ bodies: "shown" });
    await exporter.start();
    exporter.flow(message());
    clock.advance(20);
    assert.match(sent[0] ?? "", /hush/);
    assert.doesNotMatch(sent[0] ?? "", /c0ffee/);
  });

  test("does nothing while it is off, and asks nothing of a message", async () => {
    const { exporter, lines, count } = bench({ enabled: false });
    await exporter.start();
    const untouchable = (): never => assert.fail("it was asked");
    exporter.flow(message({ text: untouchable, parties: untouchable, path: untouchable }));
    assert.deepEqual(lines, []);
    await exporter.stop();
    assert.equal(await count("dropped"), 0, "nothing had been kept");
  });

  test("leaves out what stays among local users", async () => {
    const { exporter, clock, sent } = bench();
    await exporter.start();
    exporter.flow(stanza("<message id='m1'/>", [ALICE, "carol@example.com"]));
    clock.advance(5000);
    assert.deepEqual(sent, []);
  });

  test("holds a client's message until the decision says to which interaction it belongs, but not for ever", async () => {
    const { exporter, clock, feed, sent } = bench();
    await exporter.start();
    exporter.flow(stanza("<message id='m1'/>"));
    exporter.flow(stanza("<message id='m2'/>"));
    clock.advance(100);
    assert.deepEqual(sent, []);
    feed.tell(decision({ callId: "call-1", stanzaId: "m1" }));
    clock.advance(20);
    assert.equal(sent.length, 1);
    assert.match(sent[0] ?? "", /call-1[\s\S]*id='m1'/);
    clock.advance(2000);
    assert.match(sent[1] ?? "", /id='m2'/);
    assert.doesNotMatch(sent[1] ?? "", /call-/);
  });

  test("counts and tells what the collector or the queue does not take", async () => {
    const { exporter, clock, collector, count } = bench();
    await exporter.start();
    collector.state = "full";
    exporter.flow(message());
    clock.advance(20);
    assert.equal(await count("dropped"), 1);
    assert.match(exporter.trouble ?? "", /takes less/);
    clock.advance(6 * 60_000);
    assert.equal(exporter.trouble, undefined, "what was long ago is no trouble");
    for (let each = 0; each < 4001; each += 1) exporter.flow(message());
    assert.equal(await count("dropped"), 2);
    assert.match(exporter.trouble ?? "", /more passes/);
    await exporter.stop();
  });

  test("tries a collector again that is not there, or that went away", async () => {
    const { exporter, clock, collector, lines, sent } = bench();
    collector.state = "silent";
    await exporter.start();
    assert.match(exporter.trouble ?? "", /no answer/);
    exporter.flow(message());
    collector.state = "takes";
    clock.advance(10_000);
    await new Promise(setImmediate);
    assert.equal(lines.length, 1);
    lines[0]?.broken(new Error("reset"));
    clock.advance(10_000);
    await new Promise(setImmediate);
    assert.deepEqual(
      lines.map(({ isClosed }) => isClosed),
      [true, false],
    );
    exporter.flow(message());
    clock.advance(20);
    assert.equal(sent.length, 1, "what passed meanwhile is gone");
    await exporter.stop();
  });

  test("tells of a key that cannot be read", async () => {
    const { exporter, lines } = bench({}, () => Promise.reject(new Error("no such key")));
    await exporter.start();
    assert.match(exporter.trouble ?? "", /no such key/);
    assert.deepEqual(lines, []);
    await exporter.stop();
  });

  test("sends one interaction also while it is off, and says when that cannot be", async () => {
    const { exporter, collector, lines, sent } = bench({ enabled: false });
    const packet = { at: 0, leg: "sip", direction: "inbound", path: somePath, payload: new Uint8Array() } as const;
    assert.equal(await exporter.send([{ ...packet, correlationId: "c1" }]), 1);
    assert.deepEqual([sent.length, lines[0]?.isClosed], [1, true]);
    collector.state = "silent";
    await assert.rejects(exporter.send([{ ...packet, correlationId: "c1" }]), /no answer/);
  });
});
