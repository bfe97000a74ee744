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

/** Whether `text` is a `token` of at least one character. */
export function isToken(text: string): boolean {
  return text.length > 0 && endOfToken(text, 0, text.length) === text.length;
}

/** Where the run of token characters that begins at `from` ends. */
export function endOfToken(text: string, from: number, end: number): number {
  let position = from;
  while (position < end && tokenOctets[text.charCodeAt(position)] === 1) position += 1;
  return position;
}

/** Where the run of linear white space (a fold is white space too) that begins at `from` ends. */
export function skipBlanks(text: string, from: number, end: number): number {
  let position = from;
  while (position < end && isBlank(text.charCodeAt(position))) position += 1;
  return position;
}

/** The position after the last character of `from..end` that is not white space. */
export function trimEnd(text: string, from: number, end: number): number {
  let position = end;
  while (position > from && isBlank(text.charCodeAt(position - 1))) position -= 1;
  return position;
}

/** SP, HT, and the CRLF of a fold: a scanned header value holds CR and LF nowhere else. */
export function isBlank(code: number): boolean {
  return code === SP || code === HT || code === CR || code === LF;
}

/** The position after the closing quote of the quoted string that begins at `from`, or -1 when it never closes. */
export function endOfQuoted(text: string, from: number, end: number): number {
  for (let position = from + 1; position < end; position += 1) {
    const code = text.charCodeAt(position);
    if (code === QUOTE) return position + 1;
    if (code === BACKSLASH) position += 1;
  }
  return -1;
}

/** Whether `text.slice(from, end)` equals `lowerCase` in any case. `lowerCase` holds only letters, digits and "-.". */
export function equalsIgnoringCase(text: string, range: readonly [number, number], lowerCase: string): boolean {
  const [from, end] = range;
  if (end - from !== lowerCase.length) return false;
  for (let index = 0; index < lowerCase.length; index += 1) {
    if (toLower(text.charCodeAt(from + index)) !== toLower(lowerCase.charCodeAt(index))) return false;
  }
  return true;
}

function toLower(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
}
