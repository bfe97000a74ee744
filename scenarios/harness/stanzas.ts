import { attribute, child, type Element, text } from "@interpres/xmpp/xml";

const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";

/** The bare address a stanza comes from; "" where it names none. */
export function sender(stanza: Element): string {
  return (attribute(stanza, "from") ?? "").replace(/\/.*/, "");
}

/** Whether it is presence of that type (undefined: available), and from that bare address where one is given. */
export function isPresence(stanza: Element, type: string | undefined, from?: string): boolean {
  const isOfType = stanza.name === "presence" && attribute(stanza, "type") === type;
  return isOfType && (from === undefined || sender(stanza) === from);
}

/** The `<show/>` of presence; "" where there is none. */
export function showOf(stanza: Element): string {
  return textOf(stanza, "show") ?? "";
}

/** The words of a message that is no error. */
export function bodyOf(stanza: Element): string | undefined {
  const isMessage = stanza.name === "message" && attribute(stanza, "type") !== "error";
  return isMessage ? textOf(stanza, "body") : undefined;
}

export function isBody(words: string): (stanza: Element) => boolean {
  return (stanza) => bodyOf(stanza) === words;
}

/** The text that an error stanza gives as its reason; "" where it gives none (RFC 6120 §8.3.2). */
export function reasonOf(stanza: Element): string {
  const error = child(stanza, "error");
  const reason = error === undefined ? undefined : child(error, "text", STANZAS);
  return reason === undefined ? "" : text(reason);
}

function textOf(stanza: Element, name: string): string | undefined {
  const found = child(stanza, name);
  return found === undefined ? undefined : text(found);
}
