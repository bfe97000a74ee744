import { attribute, child, type Element, elements, text } from "@interpres/xmpp/xml";

/** The bare address an element comes from. */
export function from(stanza: Element): string {
  return (attribute(stanza, "from") ?? "").replace(/\/.*/, "");
}

/** Presence of that type from that bare address; "available" is presence without a type. */
export function presence(type: string, sender: string): (stanza: Element) => boolean {
  const wanted = type === "available" ? undefined : type;
  return (stanza) =>
    stanza.name === "presence" && attribute(stanza, "type") === wanted && (sender === "" || from(stanza) === sender);
}

/** Available presence with that `<show/>`; "" is none. */
export function showing(show: string, sender: string): (stanza: Element) => boolean {
  const available = presence("available", sender);
  return (stanza) => available(stanza) && textOf(stanza, "show") === show;
}

export function message(body: string): (stanza: Element) => boolean {
  return (stanza) =>
    stanza.name === "message" && attribute(stanza, "type") !== "error" && textOf(stanza, "body") === body;
}

/** A message that carries this element. */
export function carrying(name: string): (stanza: Element) => boolean {
  return (stanza) => stanza.name === "message" && elements(stanza).some((node) => node.name === name);
}

function textOf(stanza: Element, name: string): string {
  const found = child(stanza, name);
  return found === undefined ? "" : text(found);
}
