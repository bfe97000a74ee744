import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DecisionEvent } from "../decision.ts";
import type { TraceEvent } from "../trace.ts";
import { captureOf } from "./capture.ts";
import { ladderText } from "./ladder-text.ts";

const AT = "2026-11-27T10:11:12.345Z";
const LOCAL = { address: "192.0.2.254", port: 5061 };
const REMOTE = { address: "198.51.100.7", port: 40_000 };

function event(id: number, text: string, more: Partial<TraceEvent> = {}): TraceEvent {
  return {
    id,
    at: AT,
    leg: "sip",
    direction: "inbound",
    remote: "tls:198.51.100.7:40000",
    path: { protocol: "tcp", local: LOCAL, remote: REMOTE },
    peer: "contoso.example",
    parties: [],
    summary: "MESSAGE sip:alice@example.com",
    text,
    correlationId: "c1",
    ...more,
  };
}

const decision: DecisionEvent = {
  id: "d1",
  correlationId: "c1",
  at: AT,
  kind: "message",
  direction: "inbound",
  decisions: [{ rule: "local-delivery", outcome: "done", inputs: { mode: "page" } }],
  result: "delivered",
};

interface Packet {
  readonly at: number;
  readonly octets: Buffer;
  readonly comments: readonly string[];
}

/** The enhanced packets of a file, by their block and option lengths. */
function packetsOf(file: Uint8Array): readonly Packet[] {
  const octets = Buffer.from(file);
  const packets: Packet[] = [];
  for (let at = 0; at < octets.length; ) {
    const length = octets.readUInt32LE(at + 4);
    assert.equal(octets.readUInt32LE(at + length - 4), length, "a block tells its length at both ends");
    assert.equal(length % 4, 0);
    if (octets.readUInt32LE(at) === 6) packets.push(packetOf(octets.subarray(at, at + length)));
    at += length;
  }
  return packets;
}

function packetOf(block: Buffer): Packet {
  const captured = block.readUInt32LE(20);
  const comments: string[] = [];
  for (let at = 28 + Math.ceil(captured / 4) * 4; block.readUInt16LE(at) !== 0; ) {
    const length = block.readUInt16LE(at + 2);
    if (block.readUInt16LE(at) === 1) comments.push(block.toString("utf8", at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  const microseconds = block.readUInt32LE(12) * 2 ** 32 + block.readUInt32LE(16);
  return { at: microseconds / 1000, octets: block.subarray(28, 28 + captured), comments };
}

/** The ones' complement sum of what is right is all ones (RFC 1071). */
function sum(octets: Buffer): number {
  let total = 0;
  for (let at = 0; at < octets.length; at += 2) total += (octets[at] ?? 0) * 256 + (octets[at + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

describe("what passed as a capture file", () => {
  test("has each message between its two ends, at its time, with the decision about it as a comment", () => {
    const [packet] = packetsOf(captureOf([event(1, "MESSAGE")], [decision]));
    assert.ok(packet);
    assert.equal(packet.at, Date.parse(AT));
    assert.deepEqual([...packet.octets.subarray(12, 20)], [198, 51, 100, 7, 192, 0, 2, 254]);
    assert.deepEqual([packet.octets.readUInt16BE(20), packet.octets.readUInt16BE(22)], [40_000, 5061]);
    assert.equal(packet.octets.toString("utf8", 40), "MESSAGE");
    assert.deepEqual(packet.comments, [`${AT} message inbound: delivered; local-delivery done (mode=page)`]);
    const none = { ...decision, correlationId: "other" };
    assert.deepEqual(packetsOf(captureOf([event(1, "MESSAGE")], [none]))[0]?.comments, []);
  });

  test("counts sequence numbers by connection and direction", () => {
    const file = captureOf([event(1, "four"), event(2, "seven..", { direction: "outbound" }), event(3, "more")], []);
    const numbers = packetsOf(file).map(({ octets }) => [octets.readUInt32BE(24), octets.readUInt32BE(28)]);
    assert.deepEqual(numbers, [
      [1, 1],
      [1, 5],
      [5, 8],
    ]);
  });

  for (const [protocol, remote] of [
    ["tcp", "198.51.100.7"],
    ["udp", "198.51.100.7"],
    ["tcp", "2001:db8::7"],
    ["udp", "2001:db8:0:1::"],
  ] as const)
    test(`has the right checksums over ${protocol} with ${remote}`, () => {
      const path = { protocol, local: LOCAL, remote: { ...REMOTE, address: remote } };
      const [packet] = packetsOf(captureOf([event(1, "odd", { path })], []));
      assert.ok(packet);
      const isV6 = remote.includes(":");
      const [addresses, start] = isV6 ? [packet.octets.subarray(8, 40), 40] : [packet.octets.subarray(12, 20), 20];
      const transport = packet.octets.subarray(start);
      const pseudo = Buffer.from([0, transport.length, 0, protocol === "tcp" ? 6 : 17]);
      assert.equal(sum(Buffer.concat([addresses, pseudo, transport])), 0xffff);
      if (!isV6) assert.equal(sum(packet.octets.subarray(0, 20)), 0xffff);
    });

  test("fits a masked or cut body to its Content-Length, so that the next message is found", () => {
    for (const [length, body] of [
      [4, "(masked)"],
      [30, "(masked)"],
    ] as const) {
      const [packet] = packetsOf(captureOf([event(1, `MESSAGE\r\nl: ${length}\r\n\r\n${body}`)], []));
      const text = packet?.octets.toString("utf8", 40) ?? "";
      assert.equal(text.slice(text.indexOf("\r\n\r\n") + 4), body.slice(0, length).padEnd(length));
    }
  });

  test("splits what no IP packet holds", () => {
    const packets = packetsOf(captureOf([event(1, "x".repeat(150_000), { leg: "xmpp" })], []));
    assert.equal(packets.length, 3);
    assert.ok(packets.every(({ octets }) => octets.length <= 65_535));
  });
});

describe("what passed as text", () => {
  test("is the ladder with the decisions, and each message whole", () => {
    const text = ladderText([event(1, "MESSAGE sip:alice@example.com SIP/2.0\r\nl: 0\r\n\r\n")], {
      decisions: [decision],
      columns: 100,
    });
    assert.match(text, /contoso\.example +Interpres/);
    assert.match(text, /-+ MESSAGE alice@example\.com -+>/);
    assert.match(
      text,
      /\n {4}\* 2026-11-27T10:11:12\.345Z message inbound: delivered; local-delivery done \(mode=page\)\n/,
    );
    assert.match(
      text,
      /\n1\. 2026-\S+ SIP from tls:198\.51\.100\.7:40000, correlation id c1\n\n {4}MESSAGE sip:alice@example\.com SIP\/2\.0\n/,
    );
  });
});
