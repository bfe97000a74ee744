import type { FlowEvent } from "@interpres/runtime";

/** What stands where something may not be shown. */
export const MASK = "(masked)";

/** Credentials of SIP (RFC 3261 §22), folded lines with them (§7.3.1); SASL is masked where it is read. */
const SECRET_HEADERS =
  /^((?:proxy-)?authorization|(?:proxy-)?authenticat(?:e|ion)(?:-info)?|www-authenticate)([ \t]*:).*(?:\r?\n[ \t].*)*$/gim;
/** In-band registration and the older sign-in carry passwords as text (XEP-0077, XEP-0078). */
const SECRET_ELEMENTS = /(<(?:[\w.-]+:)?(?:password|digest|handshake)(?:\s[^>]*)?>)[^<]+/g;
/** The same in a data form (XEP-0077 §4, XEP-0004). */
const SECRET_FIELDS = /(<(?:[\w.-]+:)?field\s[^>]*\bvar=(["'])password\2[^>]*>\s*<(?:[\w.-]+:)?value>)[^<]+/g;
/** Microsoft puts the first words of a conversation into a header, in base64. */
const FIRST_WORDS = /(\bms-body=)[^;\r\n]+/gi;
const SUBJECT = /^((?:subject|s)[ \t]*:).*(?:\r?\n[ \t].*)*$/gim;

/** A message without what nobody may read, whoever asks. */
export function withoutSecrets(leg: FlowEvent["leg"], text: string): string {
  if (leg === "xmpp") return text.replaceAll(SECRET_ELEMENTS, `$1${MASK}`).replaceAll(SECRET_FIELDS, `$1${MASK}`);
  const { head, body } = split(text);
  return `${head.replaceAll(SECRET_HEADERS, `$1$2 ${MASK}`)}${body}`;
}

/** A message without what people said: the body of SIP, and everything between the tags of XML. */
export function withoutBodies(leg: FlowEvent["leg"], text: string): string {
  if (leg === "xmpp") return text.replaceAll(/>[^<]+</g, `>${MASK}<`);
  const { head, body } = split(text);
  const shown = head.replaceAll(FIRST_WORDS, `$1${MASK}`).replaceAll(SUBJECT, `$1 ${MASK}`);
  return body === "" ? shown : `${shown}${MASK}`;
}

/** The head with its empty line, and what follows. */
function split(text: string): { readonly head: string; readonly body: string } {
  const end = text.indexOf("\r\n\r\n");
  return end < 0 ? { head: text, body: "" } : { head: text.slice(0, end + 4), body: text.slice(end + 4) };
}
