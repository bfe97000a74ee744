import type { Endpoint } from "../trace.ts";

/** Octets from one end to the other. The numbers are those of TCP; UDP has none. */
export interface Segment {
  readonly protocol: "tcp" | "udp";
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly payload: Uint8Array;
}

/** What fits into one IP packet beside the longest headers we write. */
export const LONGEST_PAYLOAD = 65_000;

const TCP = 6;
const UDP = 17;
const TCP_HEADER = 20;
const UDP_HEADER = 8;
const PUSH_AND_ACKNOWLEDGE = 0x18;
const WINDOW = 65_535;
const HOPS = 64;

/** An IP packet (RFC 791, RFC 8200) with one TCP segment (RFC 9293 §3.1) or UDP datagram (RFC 768), checksums right. */
export function ipPacket(segment: Segment): Uint8Array<ArrayBuffer> {
  const isV6 = segment.from.address.includes(":") || segment.to.address.includes(":");
  const [source, destination] = [segment.from, segment.to].map(({ address }) => addressOctets(address, isV6));
  const addresses = joined(source ?? new Uint8Array(), destination ?? new Uint8Array());
  const transport = segment.protocol === "tcp" ? tcpSegment(segment) : udpDatagram(segment);
  const protocol = segment.protocol === "tcp" ? TCP : UDP;
  const pseudo = new Uint8Array(addresses.length + 8);
  pseudo.set(addresses);
  const view = new DataView(pseudo.buffer);
  view.setUint32(addresses.length, transport.length);
  view.setUint32(addresses.length + 4, protocol);
  new DataView(transport.buffer).setUint16(protocol === TCP ? 16 : 6, checksum(joined(pseudo, transport)) || 0xffff);
  return joined(isV6 ? v6Header(addresses, transport, protocol) : v4Header(addresses, transport, protocol), transport);
}

function tcpSegment({ from, to, sequence, acknowledged, payload }: Segment): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(TCP_HEADER + payload.length);
  const view = new DataView(octets.buffer);
  view.setUint16(0, from.port);
  view.setUint16(2, to.port);
  view.setUint32(4, sequence);
  view.setUint32(8, acknowledged);
  view.setUint8(12, (TCP_HEADER / 4) << 4);
  view.setUint8(13, PUSH_AND_ACKNOWLEDGE);
  view.setUint16(14, WINDOW);
  octets.set(payload, TCP_HEADER);
  return octets;
}

function udpDatagram({ from, to, payload }: Segment): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(UDP_HEADER + payload.length);
  const view = new DataView(octets.buffer);
  view.setUint16(0, from.port);
  view.setUint16(2, to.port);
  view.setUint16(4, octets.length);
  octets.set(payload, UDP_HEADER);
  return octets;
}

function v4Header(addresses: Uint8Array, transport: Uint8Array, protocol: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, header.length + transport.length);
  view.setUint8(8, HOPS);
  view.setUint8(9, protocol);
  header.set(addresses, 12);
  view.setUint16(10, checksum(header));
  return header;
}

function v6Header(addresses: Uint8Array, transport: Uint8Array, protocol: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(40);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x60);
  view.setUint16(4, transport.length);
  view.setUint8(6, protocol);
  view.setUint8(7, HOPS);
  header.set(addresses, 8);
  return header;
}

/** The Internet checksum (RFC 1071). */
function checksum(octets: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < octets.length; at += 2) sum += ((octets[at] ?? 0) << 8) + (octets[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** 4 or 16 octets; all zero of what is no address. An IPv4 address between IPv6 ones is mapped (RFC 4291 §2.5.5.2). */
export function addressOctets(address: string, isV6: boolean): Uint8Array<ArrayBuffer> {
  if (!isV6) return v4Octets(address);
  if (!address.includes(":")) return joined(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff), v4Octets(address));
  const octets = new Uint8Array(16);
  const view = new DataView(octets.buffer);
  const [plain = ""] = address.split("%");
  const [left = "", right = ""] = plain.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":")).map((group) => Number.parseInt(group, 16));
  const tail = groups(right);
  for (const [index, group] of groups(left).slice(0, 8).entries()) view.setUint16(2 * index, group);
  for (const [index, group] of tail.slice(0, 8).entries())
    view.setUint16(2 * (Math.max(0, 8 - tail.length) + index), group);
  return octets;
}

function v4Octets(address: string): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(4);
  octets.set(address.split(".").slice(0, 4).map(Number));
  return octets;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(one.length + other.length);
  octets.set(one);
  octets.set(other, one.length);
  return octets;
}
