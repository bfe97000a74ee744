import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { somePath } from "@interpres/testkit";
import { type HepPacket, hepPacket } from "./hep.ts";

const PACKET: HepPacket = {
  at: 1_795_774_272_345,
  leg: "sip",
  direction: "inbound",
  path: somePath,
  payload: Buffer.from("OPTIONS"),
  correlationId: "c1",
};

/** Chunks by type; the octets of the last of a kind. */
function chunksOf(octets: Buffer): ReadonlyMap<number, Buffer> {
  assert.equal(octets.toString("latin1", 0, 4), "HEP3");
  assert.equal(octets.readUInt16BE(4), octets.length);
  const chunks = new Map<number, Buffer>();
  for (let at = 6; at < octets.length; ) {
    const length = octets.readUInt16BE(at + 4);
    assert.equal(octets.readUInt16BE(at), 0, "the generic vendor");
    chunks.set(octets.readUInt16BE(at + 2), octets.subarray(at + 6, at + length));
    at += length;
  }
  return chunks;
}

const hex = (octets: Buffer | undefined): string | undefined => octets?.toString("hex");

describe("a HEPv3 packet", () => {
  test("tells who spoke to whom, when, by what, and to which interaction it belongs", () => {
    const chunks = chunksOf(hepPacket(PACKET, { captureId: 2001, authKey: "key" }));
    assert.deepEqual([hex(chunks.get(1)), hex(chunks.get(2)), hex(chunks.get(11))], ["02", "06", "01"]);
    assert.deepEqual([hex(chunks.get(3)), hex(chunks.get(4))], ["c0000201", "c00002fe"]);
    assert.deepEqual([chunks.get(7)?.readUInt16BE(), chunks.get(8)?.readUInt16BE()], [40_000, 5061]);
    assert.deepEqual([chunks.get(9)?.readUInt32BE(), chunks.get(10)?.readUInt32BE()], [1_795_774_272, 345_000]);
    assert.equal(chunks.get(12)?.readUInt32BE(), 2001);
    assert.deepEqual(
      [14, 15, 17].map((type) => chunks.get(type)?.toString()),
      ["key", "OPTIONS", "c1"],
    );
  });

  test("of what we send turns the ends around; of XMPP it says so; what is not known is not there", () => {
    const packet = { ...PACKET, leg: "xmpp", direction: "outbound", correlationId: undefined } as const;
    const chunks = chunksOf(hepPacket(packet, { captureId: 1, authKey: undefined }));
    assert.deepEqual([hex(chunks.get(3)), hex(chunks.get(11))], ["c00002fe", "02"]);
    assert.deepEqual([chunks.has(14), chunks.has(17)], [false, false]);
  });

  test("has IPv6 where one end has, and fits into a datagram", () => {
    const path = { ...somePath, protocol: "udp", remote: { address: "2001:db8::1", port: 5060 } } as const;
    const payload = Buffer.alloc(100_000);
    const octets = hepPacket({ ...PACKET, path, payload }, { captureId: 1, authKey: undefined });
    const chunks = chunksOf(octets);
    assert.deepEqual([hex(chunks.get(1)), hex(chunks.get(2))], ["0a", "11"]);
    assert.equal(hex(chunks.get(5)), "20010db8000000000000000000000001");
    assert.equal(hex(chunks.get(6)), "00000000000000000000ffffc00002fe");
    assert.ok(octets.length < 65_507);
  });

  test("fits into a datagram whatever Call-ID a peer chose", () => {
    const packet = { ...PACKET, payload: Buffer.alloc(100_000), correlationId: "c".repeat(60_000) };
    const octets = hepPacket(packet, { captureId: 1, authKey: "key" });
    assert.equal(chunksOf(octets).get(17)?.length, 1024);
    assert.ok(octets.length < 65_507);
  });
});
