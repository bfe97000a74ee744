/** What a capture file says of one packet. */
export interface CapturedPacket {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly direction: "inbound" | "outbound";
  /** From the IP header on. */
  readonly octets: Uint8Array;
  /** For the reader of the file; none where empty. */
  readonly comments: readonly string[];
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const UNKNOWN_LENGTH = 0xffff_ffff;
/** LINKTYPE_RAW: packets begin with their IP header. */
const RAW_IP = 101;
const MICROSECONDS_PER_MILLISECOND = 1000;

const END_OF_OPTIONS = 0;
const COMMENT = 1;
const APPLICATION = 4;
const FLAGS = 2;

/** A capture file (draft-ietf-opsawg-pcapng §4.1 to §4.3), little-endian, times in microseconds. */
export function pcapng(packets: readonly CapturedPacket[]): Uint8Array<ArrayBuffer> {
  const blocks = [sectionHeader(), interfaceDescription(), ...packets.map(enhancedPacket)];
  const file = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const octets of blocks) {
    file.set(octets, at);
    at += octets.length;
  }
  return file;
}

function sectionHeader(): Uint8Array {
  const fixed = new Uint8Array(16);
  const view = new DataView(fixed.buffer);
  view.setUint32(0, BYTE_ORDER_MAGIC, true);
  view.setUint16(4, 1, true);
  view.setUint32(8, UNKNOWN_LENGTH, true);
  view.setUint32(12, UNKNOWN_LENGTH, true);
  return block(SECTION_HEADER, [fixed, option(APPLICATION, utf8("Interpres")), endOfOptions()]);
}

function interfaceDescription(): Uint8Array {
  const fixed = new Uint8Array(8);
  new DataView(fixed.buffer).setUint16(0, RAW_IP, true);
  return block(INTERFACE_DESCRIPTION, [fixed]);
}

function enhancedPacket({ at, direction, octets, comments }: CapturedPacket): Uint8Array {
  const fixed = new Uint8Array(20);
  const view = new DataView(fixed.buffer);
  const time = at * MICROSECONDS_PER_MILLISECOND;
  view.setUint32(4, Math.floor(time / 2 ** 32), true);
  view.setUint32(8, time % 2 ** 32, true);
  view.setUint32(12, octets.length, true);
  view.setUint32(16, octets.length, true);
  const flags = Uint8Array.of(direction === "inbound" ? 1 : 2, 0, 0, 0);
  const options = [...comments.map((comment) => option(COMMENT, utf8(comment))), option(FLAGS, flags), endOfOptions()];
  return block(ENHANCED_PACKET, [fixed, padded(octets), ...options]);
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = 12 + parts.reduce((sum, part) => sum + part.length, 0);
  const octets = new Uint8Array(length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  view.setUint32(length - 4, length, true);
  let at = 8;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return octets;
}

function option(code: number, value: Uint8Array): Uint8Array {
  const rounded = padded(value);
  const octets = new Uint8Array(4 + rounded.length);
  const view = new DataView(octets.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  octets.set(rounded, 4);
  return octets;
}

function endOfOptions(): Uint8Array {
  return option(END_OF_OPTIONS, new Uint8Array());
}

/** To 32 bits. */
function padded(octets: Uint8Array): Uint8Array {
  if (octets.length % 4 === 0) return octets;
  const rounded = new Uint8Array(Math.ceil(octets.length / 4) * 4);
  rounded.set(octets);
  return rounded;
}

const encoder = new TextEncoder();
/** The length of an option has 16 bits. */
const LONGEST_OPTION = 60_000;

function utf8(text: string): Uint8Array {
  return encoder.encode(text.slice(0, LONGEST_OPTION / 3));
}
