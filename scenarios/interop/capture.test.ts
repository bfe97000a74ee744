import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { DecisionEvent, TraceEvent } from "@interpres/admin-api";
import type { XmppClient } from "@interpres/testkit";
import { CommandLine } from "../harness/command-line.ts";
import { eventually } from "../harness/eventually.ts";
import { missingPeers, peerFolder } from "../harness/peers.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { RunningProgram } from "../harness/run-program.ts";
import { isBody } from "../harness/stanzas.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;
const WORDS = "Between you and me";

/** The fields of each packet, as tshark dissects it. */
async function dissected(file: string, decoded: readonly string[], fields: readonly string[]) {
  const words = [...decoded.flatMap((how) => ["-d", how]), ...fields.flatMap((field) => ["-e", field])];
  const { out } = await new RunningProgram("tshark", ["-n", "-r", file, "-T", "fields", ...words]).ended();
  return out
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => line.split("\t"));
}

/** What passed, in a file that Wireshark's own programs read. */
describe("a trace as pcapng", { skip: missingPeers("tshark", "capinfos") }, () => {
  const folder = peerFolder();
  const file = join(folder.path, "trace.pcapng");
  /** With what was said: a masked body is no SDP. */
  const whole = join(folder.path, "whole.pcapng");
  let bed: RoadBed;
  let alice: XmppClient;
  let line: CommandLine;

  before(async () => {
    bed = await RoadBed.start();
    line = new CommandLine(bed.node);
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
    await bed.edge.say("bob", ALICE, WORDS);
    await alice.waitFor(isBody(WORDS));
    alice.send(`<message to='${BOB}' type='chat' id='m1'><body>And you?</body></message>`);
    await eventually(async () => assert.equal((await decisionsOf("outbound")).length, 1));
    const { code, out, err } = await line.run(["trace", "--peer", FOREIGN, "--pcapng", file]);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^\d+ messages are in /);
    assert.equal((await line.run(["trace", "--peer", FOREIGN, "--bodies", "--pcapng", whole])).code, 0);
  });

  after(async () => {
    await bed?.end();
    folder.remove();
  });

  async function decisionsOf(direction: string): Promise<readonly DecisionEvent[]> {
    const { items } = (await bed.node.admin.ask("GET", "/decisions")) as { readonly items: readonly DecisionEvent[] };
    return items.filter((event) => event.kind === "message" && event.direction === direction);
  }

  async function traced(): Promise<readonly TraceEvent[]> {
    return JSON.parse((await line.run(["--json", "trace", "--peer", FOREIGN])).out) as readonly TraceEvent[];
  }

  test("is a whole capture file with one packet a message", async () => {
    const { code, out } = await new RunningProgram("capinfos", ["-M", file]).ended();
    assert.equal(code, 0);
    assert.match(out, /File type: +pcapng/);
    assert.match(out, /File encapsulation: +rawip/);
    assert.match(out, new RegExp(`Number of packets: +${(await traced()).length}\\n`));
  });

  test("shows SIP with its methods, addresses, ports and times, and stanzas as XMPP", async () => {
    const decoded = [`tcp.port==${bed.node.ports.sipTls},sip`, `tcp.port==${bed.node.ports.xmppClient},xmpp`];
    const fields = ["frame.time_epoch", "ip.src", "tcp.srcport", "tcp.dstport", "sip.Method", "sip.Call-ID"];
    const events = await traced();
    const ofEdge = new Map(events.filter(({ leg }) => leg === "sip").map(({ path }) => [path.remote.port, path]));
    for (const port of ofEdge.keys()) decoded.push(`tcp.port==${port},sip`);
    const packets = await dissected(whole, decoded, [...fields, "xmpp.message", "tcp.analysis.flags", "_ws.malformed"]);
    assert.equal(packets.length, events.length);
    for (const [index, [time, from, source, target, method, callId, message, flags, malformed]] of packets.entries()) {
      const event = events[index];
      assert.ok(event);
      const { path, direction, at, leg, correlationId, summary } = event;
      const ends = direction === "inbound" ? [path.remote, path.local] : [path.local, path.remote];
      assert.equal(Math.round(Number(time) * 1000), Date.parse(at));
      assert.deepEqual([from, source, target], [ends[0]?.address, `${ends[0]?.port}`, `${ends[1]?.port}`]);
      assert.deepEqual([flags, malformed], ["", ""], `${summary}: ${flags} ${malformed}`);
      if (leg === "sip") assert.equal(callId, correlationId);
      if (leg === "sip" && !/^\d/.test(summary)) assert.equal(method, summary.split(" ")[0]);
      if (leg === "xmpp" && summary.startsWith("message")) assert.notEqual(message, "");
    }
    const methods = new Set(packets.map(([, , , , method]) => method));
    for (const method of ["INVITE", "ACK", "MESSAGE"]) assert.ok(methods.has(method), method);
  });

  test("tells what we decided beside the messages it was about", async () => {
    const [inbound] = await decisionsOf("inbound");
    const packets = await dissected(file, [], ["frame.comment"]);
    const comments = packets.map(([comment]) => comment).filter((comment) => comment !== "");
    assert.ok(comments.some((comment) => comment?.includes("message inbound: delivered; local-delivery done")));
    assert.ok(comments.some((comment) => comment?.includes(`callId=${inbound?.correlationId}`)));
  });

  test("holds nothing of what was said, as the screen does not", () => {
    const octets = readFileSync(file, "utf8");
    for (const secret of [WORDS, "And you?", Buffer.from(WORDS).toString("base64").replace(/=+$/, "")])
      assert.ok(!octets.includes(secret), secret);
  });

  test("has both legs of a message under the correlation id of its decision", async () => {
    for (const direction of ["inbound", "outbound"] as const) {
      const [decision] = await decisionsOf(direction);
      const events = (await traced()).filter((event) => event.correlationId === decision?.correlationId);
      const stanza = events.filter((event) => event.leg === "xmpp" && event.summary.startsWith("message"));
      assert.ok(
        events.some((event) => event.leg === "sip" && event.summary.startsWith("MESSAGE")),
        direction,
      );
      assert.ok(
        stanza.some((event) => (event.direction === "outbound") === (direction === "inbound")),
        direction,
      );
    }
  });
});
