import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { DecisionEvent, TraceEvent } from "@interpres/admin-api";
import type { XmppClient } from "@interpres/testkit";
import { CommandLine } from "../harness/command-line.ts";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isBody } from "../harness/stanzas.ts";
import { KamailioCollector } from "./kamailio-collector.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;
const WORDS = "Between you and me";
const KEY = "collector-key";
const CAPTURE_ID = 4711;
const CORRELATION_ID = 0x0011;
const PAYLOAD = 0x000f;

/** A chunk of a HEPv3 packet as text; undefined where it has none of the type. */
function chunkOf(packet: Buffer, type: number): string | undefined {
  for (let at = 6; at < packet.length; at += packet.readUInt16BE(at + 4))
    if (packet.readUInt16BE(at + 2) === type) return packet.toString("utf8", at + 6, at + packet.readUInt16BE(at + 4));
  return undefined;
}

/** The flow at a collector that somebody else wrote, and one id for all that belongs to one message. */
describe("a trace collector", { skip: missingPeers("kamailio") }, () => {
  let bed: RoadBed;
  let collector: KamailioCollector;
  let alice: XmppClient;
  let line: CommandLine;

  before(async () => {
    collector = await KamailioCollector.start();
    bed = await RoadBed.start({ logLevel: "debug" });
    line = new CommandLine(bed.node);
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
  });
  after(async () => {
    await bed?.end();
    await collector?.stop();
  });

  const decisionsOf = async (direction: string): Promise<readonly DecisionEvent[]> => {
    const { items } = (await bed.node.admin.ask("GET", "/decisions")) as { readonly items: readonly DecisionEvent[] };
    return items.filter((event) => event.kind === "message" && event.direction === direction);
  };

  const traced = async (): Promise<readonly TraceEvent[]> =>
    JSON.parse((await line.run(["--json", "trace", "--peer", FOREIGN])).out) as readonly TraceEvent[];

  /** Payloads of stanzas that came with this id. */
  const stanzas = (correlationId: string): readonly string[] =>
    collector.packets
      .filter((packet) => chunkOf(packet, CORRELATION_ID) === correlationId)
      .map((packet) => chunkOf(packet, PAYLOAD) ?? "")
      .filter((payload) => payload.startsWith("<message"));

  test("gets nothing before it is named", async () => {
    await bed.edge.say("bob", ALICE, "Before");
    await alice.waitFor(isBody("Before"));
    assert.deepEqual(collector.packets, []);
  });

  test("is named by the command line, and from then on gets each SIP message as it passed", async () => {
    const flags = ["--port", `${collector.port}`, "--capture-id", `${CAPTURE_ID}`, "--auth-key-stdin", "--on"];
    const { code, out, err } = await line.run(["trace", "collector", "set", "--host", "127.0.0.1", ...flags], KEY);
    assert.deepEqual([code, err], [0, ""]);
    assert.doesNotMatch(out, new RegExp(KEY));
    const known = (await traced()).length;
    await bed.edge.say("bob", ALICE, WORDS);
    await alice.waitFor(isBody(WORDS));
    alice.send(`<message to='${BOB}' type='chat' id='m1'><body>And you?</body></message>`);
    await eventually(async () => assert.equal((await decisionsOf("outbound")).length, 1));
    const passed = (await traced()).slice(known).filter(({ leg }) => leg === "sip");
    await eventually(() => assert.equal(collector.captured().length, passed.length));
    // The collector's processes share the work: what arrives together is not kept in one order.
    const wanted = passed.map(({ path, direction, at, correlationId, summary }) => {
      const [from, to] = direction === "inbound" ? [path.remote, path.local] : [path.local, path.remote];
      const ends = [from.address, from.port, to.port];
      const ids = [correlationId, correlationId, `homer01:${CAPTURE_ID}`];
      return JSON.stringify([summary.split(" ")[0], ...ends, Date.parse(at) * 1000, ...ids]);
    });
    const kept = collector.captured().map((row) => {
      const ends = [row.source_ip, row.source_port, row.destination_port];
      return JSON.stringify([row.method, ...ends, row.micro_ts, row.callid, row.correlation_id, row.node]);
    });
    assert.deepEqual(kept.sort(), wanted.sort());
    for (const { msg } of collector.captured()) assert.ok(!msg.includes(WORDS), "what people say is masked");
  });

  for (const direction of ["inbound", "outbound"] as const)
    test(`finds both legs, the decision, the log and the trace of a message ${direction} under one id`, async () => {
      const [decision] = await decisionsOf(direction);
      const { correlationId } = decision ?? assert.fail("no decision");
      await eventually(() => assert.notEqual(stanzas(correlationId).length, 0));
      const messages = collector.captured().filter((row) => row.correlation_id === correlationId);
      assert.ok(messages.some(({ method }) => method === "MESSAGE"));
      const legs = (await traced()).filter((event) => event.correlationId === correlationId).map(({ leg }) => leg);
      assert.deepEqual([...new Set(legs)].sort(), ["sip", "xmpp"]);
      const lines = bed.node.output
        .split("\n")
        .filter((each) => each.startsWith("{"))
        .map((each) => JSON.parse(each) as Readonly<Record<string, unknown>>)
        .filter((each) => each.correlationId === correlationId && each.event === "message.decided");
      assert.ok(lines.some((each) => each.direction === direction && each.result === decision?.result));
    });

  test("is sent one interaction again, while nothing else is sent", async () => {
    const [decision] = await decisionsOf("inbound");
    const { correlationId } = decision ?? assert.fail("no decision");
    assert.equal((await line.run(["trace", "collector", "set", "--off"])).code, 0);
    const before = collector.packets.length;
    await bed.edge.say("bob", ALICE, "Unheard");
    await alice.waitFor(isBody("Unheard"));
    assert.equal(collector.packets.length, before);
    const { code, out } = await line.run(["--json", "trace", "collector", "send", correlationId]);
    assert.equal(code, 0);
    const { sent } = JSON.parse(out) as { readonly sent: number };
    await eventually(() => assert.equal(collector.packets.length, before + sent));
    assert.ok(collector.packets.slice(before).every((packet) => chunkOf(packet, CORRELATION_ID) === correlationId));
  });

  test("is counted", async () => {
    assert.match(
      String((await bed.node.admin.try("GET", "/metrics")).body),
      /interpres_trace_collector_packets_total\{result="sent"\} \d+/,
    );
  });
});
