/**
 * Header text is kept as octets: each character of the string is one octet of the wire (latin1), so that everything can
 * be sent on exactly as it came. People read UTF-8 (RFC 3261 §7.3.1, §25.1 TEXT-UTF8); these functions go between.
 */

const notAscii = /[^\0-\x7f]/;
const wide = /[^\0-\xff]/;
const quotedPair = /\\([\s\S])/g;
const unsendable = /[\0\r\n]|[^\0-\xff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters have no place in a name for people
const controls = /[\0-\x1f\x7f]+/g;

/** Text for people from header text; octets that are no UTF-8 become U+FFFD. */
export function decodeUtf8(headerText: string): string {
  return notAscii.test(headerText) ? Buffer.from(headerText, "latin1").toString("utf8") : headerText;
}

/** Header text from text for people. */
export function encodeUtf8(text: string): string {
  return notAscii.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text;
}

/** Header text with each fold (RFC 3261 §7.3.1), and the blanks around it, made one space. */
export function unfold(headerText: string): string {
  if (!headerText.includes("\n")) return headerText;
  return headerText.split("\r\n").map(withoutBlanks).filter(Boolean).join(" ");
}

/** SP and HT only: to `trim` octets of UTF-8 can look like white space. No pattern, as 100 kB of blanks would be slow. */
function withoutBlanks(text: string): string {
  let from = 0;
  let end = text.length;
  while (from < end && isBlankCharacter(text, from)) from += 1;
  while (end > from && isBlankCharacter(text, end - 1)) end -= 1;
  return text.slice(from, end);
}

function isBlankCharacter(text: string, position: number): boolean {
  const code = text.charCodeAt(position);
  return code === 0x20 || code === 0x09;
}

/** The contents of a quoted string: quotes off, quoted pairs undone. Other text comes back as it is. */
export function unquote(headerText: string): string {
  if (headerText.length < 2 || headerText.charCodeAt(0) !== 0x22) return headerText;
  const inner = headerText.slice(1, -1);
  return inner.includes("\\") ? inner.replace(quotedPair, "$1") : inner;
}

/** A quoted string in header text from text for people; control characters become one space. */
export function quote(text: string): string {
  return `"${encodeUtf8(text.replace(controls, " ")).replace(/["\\]/g, "\\$&")}"`;
}

/** A copy that keeps no longer text alive: for values that outlive their message. */
export function detach(headerText: string): string {
  return Buffer.from(headerText, "latin1").toString("latin1");
}

/** Whether each character is one octet. */
export function isOctets(text: string): boolean {
  return !wide.test(text);
}

/** Whether a value may be written into a header: no CR, LF or NUL, and octets only. */
export function isSendable(headerText: string): boolean {
  return !unsendable.test(headerText);
}
