/** Octet tables of RFC 3261 §25.1, one entry per octet: 1 = belongs to the class. */

function classOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** `token`. */
export const tokenOctets: Uint8Array = classOf(`${alphanumeric}-.!%*_+\`'~`);

/** `unreserved`: characters that mean the same escaped and unescaped (§19.1.4). */
export const unreservedOctets: Uint8Array = classOf(`${alphanumeric}-_.!~*'()`);

/** `user` without its escapes: unreserved and user-unreserved. */
export const userOctets: Uint8Array = classOf(`${alphanumeric}-_.!~*'()&=+$,;?/`);

export const HT = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const QUOTE = 0x22;
export const PERCENT = 0x25;
export const STAR = 0x2a;
export const COMMA = 0x2c;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const LEFT_ANGLE = 0x3c;
export const EQUALS = 0x3d;
export const RIGHT_ANGLE = 0x3e;
export const QUESTION = 0x3f;
export const AT = 0x40;
export const LEFT_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const RIGHT_BRACKET = 0x5d;

/** Characters of a parameter value: tokens, hosts, and the other visible ones that products put there (base64). */
export const valueOctets: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => {
  const separates =
    code === SEMICOLON || code === COMMA || code === QUOTE || code === LEFT_ANGLE || code === RIGHT_ANGLE;
  return code <= SP || code === 0x7f || separates ? 0 : 1;
});

/** What may stand in a URI as far as its place in a header tells: visible, no angle brackets. */
export const uriOctets: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => {
  return code <= SP || code === 0x7f || code === LEFT_ANGLE || code === RIGHT_ANGLE ? 0 : 1;
});

/** Whether `text` is a `token` of at least one character. */
export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (tokenOctets[text.charCodeAt(index)] !== 1) return false;
  }
  return text.length > 0;
}

/** Where the run of token characters that begins at `from` ends. */
export function endOfToken(octets: Uint8Array, from: number, end: number): number {
  let position = from;
  while (position < end && tokenOctets[octets[position] ?? 0] === 1) position += 1;
  return position;
}

/** Where the run of linear white space that begins at `from` ends; in a header value CR and LF are of folds. */
export function skipBlanks(octets: Uint8Array, from: number, end: number): number {
  let position = from;
  while (position < end && isBlank(octets[position] ?? 0)) position += 1;
  return position;
}

/** The position after the last octet of `from..end` that is not white space. */
export function trimEnd(octets: Uint8Array, from: number, end: number): number {
  let position = end;
  while (position > from && isBlank(octets[position - 1] ?? 0)) position -= 1;
  return position;
}

/** Most octets are above SP: one comparison tells. */
function isBlank(code: number): boolean {
  return code <= SP && (code === SP || code === HT || code === CR || code === LF);
}

/** The position after the closing quote of the quoted string that begins at `from`, or -1 when it never closes. */
export function endOfQuoted(octets: Uint8Array, from: number, end: number): number {
  for (let position = from + 1; position < end; position += 1) {
    const code = octets[position];
    if (code === QUOTE) return position + 1;
    if (code === BACKSLASH) position += 1;
  }
  return -1;
}

/** The position of `code` in `from..end`, or `end`. */
export function find(octets: Uint8Array, code: number, { from, end }: { from: number; end: number }): number {
  let position = from;
  while (position < end && octets[position] !== code) position += 1;
  return position;
}

/** The number that the decimal digits from `from` to `end` make, at most 2^53-1; undefined unless there are only digits. */
export function decimal(octets: Uint8Array, from: number, end: number): number | undefined {
  if (from >= end) return undefined;
  let value = 0;
  for (let position = from; position < end; position += 1) {
    const digit = (octets[position] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

/** ASCII capital letters become small ones. */
export function toLower(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
}
