import { createHash } from "node:crypto";

/** The namespace in which Microsoft clients derive their instance from their epid, octets in GUID order. */
const NAMESPACE = Buffer.from("03fbacfc738aef4691b1e5ebeeaba4fe", "hex");

/** GUID octets (little-endian fields) of a client's instance: SHA-1 over namespace and epid, version 5. */
function instanceOctets(epid: string): Buffer {
  const octets = createHash("sha1").update(NAMESPACE).update(epid, "ascii").digest().subarray(0, 16);
  // Version and variant stand in the fields' order, so the version nibble is in the eighth octet.
  octets[7] = ((octets[7] ?? 0) & 0x0f) | 0x50;
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
  return octets;
}

/** `4b1682a8-f968-5701-83fc-7c6741dc6697` for the epid `01010101`. */
export function instanceOf(epid: string): string {
  const octets = instanceOctets(epid);
  const hex = (from: number, to: number): string => octets.subarray(from, to).toString("hex");
  const swapped = (from: number, to: number): string =>
    Buffer.from(octets.subarray(from, to)).reverse().toString("hex");
  return [swapped(0, 4), swapped(4, 6), swapped(6, 8), hex(8, 10), hex(10, 16)].join("-");
}

/** The GRUU by which a Microsoft client is reached: no port, no address, only a token of its instance. */
export function gruuOf(address: string, epid: string): string {
  const token = Buffer.concat([instanceOctets(epid), Buffer.alloc(2)]).toString("base64url");
  return `sip:${address};opaque=user:epid:${token};gruu`;
}
