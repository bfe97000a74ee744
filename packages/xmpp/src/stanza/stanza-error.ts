import { child, type Element, el, elements, NS, text, withAttributes, withChildren } from "../xml/index.ts";
import type { Stanza } from "./stanza.ts";

const TYPES = ["auth", "cancel", "continue", "modify", "wait"] as const;
/** RFC 6120 §8.3.2. */
export type StanzaErrorType = (typeof TYPES)[number];

const CONDITIONS = [
  "bad-request",
  "conflict",
  "feature-not-implemented",
  "forbidden",
  "gone",
  "internal-server-error",
  "item-not-found",
  "jid-malformed",
  "not-acceptable",
  "not-allowed",
  "not-authorized",
  "policy-violation",
  "recipient-unavailable",
  "redirect",
  "registration-required",
  "remote-server-not-found",
  "remote-server-timeout",
  "resource-constraint",
  "service-unavailable",
  "subscription-required",
  "undefined-condition",
  "unexpected-request",
] as const;
/** The defined conditions of RFC 6120 §8.3.3. */
export type StanzaErrorCondition = (typeof CONDITIONS)[number];

/** What goes into `<error/>`. */
export interface StanzaErrorReason {
  readonly type: StanzaErrorType;
  readonly condition: StanzaErrorCondition;
  /** For people, in English. */
  readonly text?: string;
  /** An application's own condition (RFC 6120 §8.3.4). */
  readonly application?: Element;
}

function errorElement(reason: StanzaErrorReason, namespace: string): Element {
  const children = [el(reason.condition, NS.stanzaErrors, {})];
  if (reason.text !== undefined) children.push(el("text", NS.stanzaErrors, { "xml:lang": "en" }, reason.text));
  if (reason.application !== undefined) children.push(reason.application);
  return el("error", namespace, { type: reason.type }, ...children);
}

/**
 * The error stanza that answers `stanza` (RFC 6120 §8.3.1): same kind and id, addresses swapped, type "error". The
 * original's content is not sent back, but for the payload of an IQ. The caller sees to it that an error or, for IQ, a
 * result is never answered (`mayBeAnswered`).
 */
export function stanzaError<S extends Stanza>(stanza: S, reason: StanzaErrorReason): S {
  const payload = stanza.kind === "iq" && stanza.payload !== undefined ? [stanza.payload] : [];
  const element = errorReply(withChildren(stanza.element, payload), reason);
  const { from: to, to: from, lang: _lang, ...rest } = stanza;
  const swapped = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return { ...rest, ...swapped, type: "error", element } as unknown as S;
}

/** The same on an element that is no valid stanza; its children stay before `<error/>`. */
export function errorReply(element: Element, reason: StanzaErrorReason): Element {
  const swapped = withAttributes(element, {
    type: "error",
    from: element.attributes.get("to"),
    to: element.attributes.get("from"),
    "xml:lang": undefined,
  });
  return withChildren(swapped, [...elements(element), errorElement(reason, element.namespace)]);
}

/** What an error stanza of somebody else says; "undefined-condition" where it names no defined one (RFC 6120 §8.3.2). */
export function readStanzaError({ element }: Stanza): StanzaErrorReason {
  const error = child(element, "error");
  const said = error === undefined ? [] : elements(error).filter(({ namespace }) => namespace === NS.stanzaErrors);
  const type = TYPES.find((known) => known === error?.attributes.get("type")) ?? "cancel";
  const condition = CONDITIONS.find((known) => said.some(({ name }) => name === known)) ?? "undefined-condition";
  const words = said.find(({ name }) => name === "text");
  return { type, condition, ...(words === undefined ? {} : { text: text(words) }) };
}

/** False for errors and IQ results: an answer to them could loop (RFC 6120 §8.3.1 rule 8, §8.2.3 rule 4). */
export function mayBeAnswered(stanza: Stanza): boolean {
  return stanza.type !== "error" && stanza.type !== "result";
}
