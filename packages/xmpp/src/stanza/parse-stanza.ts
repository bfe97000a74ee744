import { type Jid, parseJid } from "../address/jid.ts";
import { type Element, elements, NS, withAttributes } from "../xml/index.ts";
import type { Iq, IqType, MessageType, PresenceType, Stanza } from "./stanza.ts";
import { errorReply, type StanzaErrorReason } from "./stanza-error.ts";

/** An element that is no valid stanza. */
export interface StanzaProblem {
  readonly kind: "stanza-problem";
  /** "unsupported": no message, presence or iq at all, a stream error (RFC 6120 §4.9.3.24). */
  readonly severity: "stanza" | "unsupported";
  readonly reason: StanzaErrorReason;
  readonly element: Element;
}

const MESSAGE_TYPES: readonly MessageType[] = ["chat", "error", "groupchat", "headline", "normal"];
const IQ_TYPES: readonly IqType[] = ["error", "get", "result", "set"];
const PRESENCE_TYPES: readonly PresenceType[] = [
  "error",
  "probe",
  "subscribe",
  "subscribed",
  "unavailable",
  "unsubscribe",
  "unsubscribed",
];

/**
 * Reads a first-level element of namespace `jabber:client` as a stanza, by RFC 6120 §8.1, §8.2.3 and RFC 6121 §4.7.1,
 * §5.2.2. Addresses are prepared; the element's text keeps what the sender wrote.
 */
export function parseStanza(element: Element): Stanza | StanzaProblem {
  if (element.namespace !== NS.client) return unsupported(element);
  const from = address(element, "from");
  const to = address(element, "to");
  if (from === "malformed" || to === "malformed") return problem(element, "jid-malformed");
  const head = { ...optional("id", element), ...from, ...to, ...optional("xml:lang", element), element };
  switch (element.name) {
    case "message":
      return { kind: "message", type: messageType(element), ...head };
    case "presence": {
      const type = presenceType(element);
      return type === undefined ? problem(element, "bad-request") : { kind: "presence", type, ...head };
    }
    case "iq":
      return parseIq(element, head);
    default:
      return unsupported(element);
  }
}

/** The error stanza to answer with, or undefined where an answer could loop (RFC 6120 §8.3.1 rule 8). */
export function answerToProblem({ element, reason }: StanzaProblem): Element | undefined {
  const type = element.attributes.get("type");
  if (type === "error" || (element.name === "iq" && type === "result")) return undefined;
  const reply = errorReply(element, reason);
  // A malformed address must not come back as 'from' (rule 2).
  return reason.condition === "jid-malformed" ? withAttributes(reply, { from: undefined }) : reply;
}

type Head = Omit<Iq, "kind" | "type" | "id" | "payload"> & { readonly id?: string };

function parseIq(element: Element, head: Head): Iq | StanzaProblem {
  const type = IQ_TYPES.find((known) => known === element.attributes.get("type"));
  const id = head.id;
  if (type === undefined || id === undefined) return problem(element, "bad-request");
  const children = elements(element);
  const payloads =
    type === "error" ? children.filter((node) => node.name !== "error" || node.namespace !== NS.client) : children;
  const isRequest = type === "get" || type === "set";
  if (isRequest && payloads.length !== 1) return problem(element, "bad-request");
  if (type === "result" && payloads.length > 1) return problem(element, "bad-request");
  const [payload] = payloads;
  return { kind: "iq", type, ...head, id, ...(payload === undefined ? {} : { payload }) };
}

function messageType(element: Element): MessageType {
  return MESSAGE_TYPES.find((known) => known === element.attributes.get("type")) ?? "normal";
}

function presenceType(element: Element): PresenceType | undefined {
  const type = element.attributes.get("type");
  return type === undefined ? "available" : PRESENCE_TYPES.find((known) => known === type);
}

function address<Key extends "from" | "to">(element: Element, key: Key): { readonly [K in Key]?: Jid } | "malformed" {
  const written = element.attributes.get(key);
  if (written === undefined) return {};
  const jid = parseJid(written);
  return jid === undefined ? "malformed" : ({ [key]: jid } as { readonly [K in Key]?: Jid });
}

function optional(key: "id" | "xml:lang", element: Element): { readonly id?: string; readonly lang?: string } {
  const value = element.attributes.get(key);
  if (value === undefined) return {};
  return key === "id" ? { id: value } : { lang: value };
}

function problem(element: Element, condition: "bad-request" | "jid-malformed"): StanzaProblem {
  return { kind: "stanza-problem", severity: "stanza", reason: { type: "modify", condition }, element };
}

function unsupported(element: Element): StanzaProblem {
  const reason = { type: "cancel", condition: "feature-not-implemented" } as const;
  return { kind: "stanza-problem", severity: "unsupported", reason, element };
}
