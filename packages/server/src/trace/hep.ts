import { addressOctets } from "@interpres/admin-api";
import type { FlowEvent, FlowPath } from "@interpres/runtime";

/** What the collector is told of one message. */
export interface HepPacket {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly leg: FlowEvent["leg"];
  readonly direction: FlowEvent["direction"];
  readonly path: FlowPath;
  readonly payload: Uint8Array;
  readonly correlationId: string | undefined;
}

/** Who sends, and the key that the collector may want. */
export interface HepSender {
  /** 32 bits. */
  readonly captureId: number;
  readonly authKey: string | undefined;
}

/** Chunk types of the generic vendor (HEP3 specification, rev 12, §3). */
const CHUNK = {
  family: 0x0001,
  protocol: 0x0002,
  sourceV4: 0x0003,
  destinationV4: 0x0004,
  sourceV6: 0x0005,
  destinationV6: 0x0006,
  sourcePort: 0x0007,
  destinationPort: 0x0008,
  seconds: 0x0009,
  microseconds: 0x000a,
  payloadType: 0x000b,
  captureId: 0x000c,
  authKey: 0x000e,
  payload: 0x000f,
  correlationId: 0x0011,
} as const;

const MAGIC = Buffer.from("HEP3", "latin1");
const CHUNK_HEADER = 6;
const IPV4 = 2;
const IPV6 = 10;
const TRANSPORT = { tcp: 6, udp: 17 } as const;
const PAYLOAD_TYPE = { sip: 1, xmpp: 2 } as const;
/** A packet fits into one UDP datagram, with room for all other chunks. */
const LONGEST_PAYLOAD = 60_000;
/** A peer chooses its Call-ID, and may choose one that leaves no room. */
const LONGEST_ID = 1024;

/** One HEPv3 packet (EEP); a payload of more than 60,000 octets is cut, and so is an id of more than 1,024. */
export function hepPacket(packet: HepPacket, { captureId, authKey }: HepSender): Buffer {
  const { at, leg, direction, path, payload, correlationId } = packet;
  const [from, to] = direction === "inbound" ? [path.remote, path.local] : [path.local, path.remote];
  const isV6 = from.address.includes(":") || to.address.includes(":");
  const chunks = [
    chunk(CHUNK.family, Uint8Array.of(isV6 ? IPV6 : IPV4)),
    chunk(CHUNK.protocol, Uint8Array.of(TRANSPORT[path.protocol])),
    chunk(isV6 ? CHUNK.sourceV6 : CHUNK.sourceV4, addressOctets(from.address, isV6)),
    chunk(isV6 ? CHUNK.destinationV6 : CHUNK.destinationV4, addressOctets(to.address, isV6)),
    chunk(CHUNK.sourcePort, uint16(from.port)),
    chunk(CHUNK.destinationPort, uint16(to.port)),
    chunk(CHUNK.seconds, uint32(Math.floor(at / 1000))),
    chunk(CHUNK.microseconds, uint32(Math.floor((at % 1000) * 1000))),
    chunk(CHUNK.payloadType, Uint8Array.of(PAYLOAD_TYPE[leg])),
    chunk(CHUNK.captureId, uint32(captureId)),
    ...(authKey === undefined ? [] : [chunk(CHUNK.authKey, Buffer.from(authKey, "utf8"))]),
    ...(correlationId === undefined
      ? []
      : [chunk(CHUNK.correlationId, Buffer.from(correlationId, "utf8").subarray(0, LONGEST_ID))]),
    chunk(CHUNK.payload, payload.subarray(0, LONGEST_PAYLOAD)),
  ];
  const length = MAGIC.length + 2 + chunks.reduce((sum, each) => sum + each.length, 0);
  return Buffer.concat([MAGIC, uint16(length), ...chunks], length);
}

function chunk(type: number, value: Uint8Array): Buffer {
  const octets = Buffer.alloc(CHUNK_HEADER + value.length);
  octets.writeUInt16BE(type, 2);
  octets.writeUInt16BE(octets.length, 4);
  octets.set(value, CHUNK_HEADER);
  return octets;
}

function uint16(value: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(value);
  return octets;
}

function uint32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}
