import { isUtf8 } from "node:buffer";

const NOTHING = Buffer.alloc(0);

/** What came of some octets: their text, and whether it ends before octets that are not UTF-8 (RFC 3629 §3). */
export interface Decoded {
  readonly text: string;
  readonly fault: "none" | "not-utf8";
}

/**
 * Strict UTF-8 over any chunking: overlong forms, surrogates and stray octets are faults, a character cut at a chunk's
 * end waits for its rest. A byte order mark is a character like any other (RFC 6120 §11.6). Useless after a fault.
 */
export class Utf8Decoder {
  #pending: Buffer = NOTHING;

  decode(chunk: Uint8Array): Decoded {
    const bytes = this.#pending.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#pending, chunk]);
    const end = bytes.length - incompleteTail(bytes);
    const complete = bytes.subarray(0, end);
    if (!isUtf8(complete)) return { text: validPrefix(complete), fault: "not-utf8" };
    this.#pending = end === bytes.length ? NOTHING : Buffer.from(bytes.subarray(end));
    return { text: complete.toString("utf8"), fault: "none" };
  }

  /** True where a character has begun and not ended. */
  get isMidCharacter(): boolean {
    return this.#pending.length > 0;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Octets at the end that could still become a character. Anything that cannot is left for the check to find. */
function incompleteTail(bytes: Buffer): number {
  for (let length = 1; length <= 3 && length <= bytes.length; length += 1) {
    const octet = bytes[bytes.length - length] ?? 0;
    if (octet < 0x80) return 0;
    if (octet >= 0xc0) return couldComplete(bytes.subarray(bytes.length - length)) ? length : 0;
  }
  return 0;
}

/** A lead octet and its first continuation decide whether the rest can be good (Unicode, table 3-7). */
function couldComplete(tail: Buffer): boolean {
  const lead = tail[0] ?? 0;
  const needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (tail.length >= needed || lead < 0xc2 || lead > 0xf4) return false;
  const second = tail[1];
  if (second === undefined) return true;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return second >= lowest && second <= highest;
}

/** The text before the first bad octet; only ever run once in a stream's life. */
function validPrefix(bytes: Buffer): string {
  let good = 0;
  let bad = bytes.length;
  while (good < bad) {
    const middle = Math.ceil((good + bad) / 2);
    const part = bytes.subarray(0, middle);
    if (isUtf8(part.subarray(0, middle - incompleteTail(part)))) good = middle;
    else bad = middle - 1;
  }
  const part = bytes.subarray(0, good);
  return part.subarray(0, good - incompleteTail(part)).toString("utf8");
}
