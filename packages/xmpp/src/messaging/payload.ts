import { child, type Element, elements, NS } from "../xml/index.ts";

const CHAT_STATES = "http://jabber.org/protocol/chatstates";
/** XEP-0334 */
const HINTS = "urn:xmpp:hints";
/** Elements that mean nothing without others beside them. */
const ACCOMPANYING = new Set(["urn:xmpp:sid:0", HINTS, CHAT_STATES]);
/** XEP-0280 */
export const CARBONS_NS = "urn:xmpp:carbons:2";
const MUC_USER = "http://jabber.org/protocol/muc#user";

/**
 * Whether a chat or normal message is worth keeping for later (XEP-0160 §3): not one with chat states alone (XEP-0085),
 * nor one whose sender forbids it (XEP-0334 §4.2, §4.3).
 */
export function isWorthStoring(message: Element): boolean {
  if (child(message, "no-store", HINTS) !== undefined || child(message, "no-permanent-store", HINTS) !== undefined)
    return false;
  if (child(message, "store", HINTS) !== undefined) return true;
  return elements(message).some(
    (node) => !ACCOMPANYING.has(node.namespace) && !(node.name === "thread" && node.namespace === NS.client),
  );
}

/**
 * Whether other resources get a copy (XEP-0280 §6): chat, and normal with a body; not what its sender calls private, what
 * a room sent, or what is a copy already.
 */
export function isEligibleForCarbons(message: Element, type: string): boolean {
  if (type !== "chat" && !(type === "normal" && child(message, "body") !== undefined)) return false;
  for (const node of elements(message)) {
    if (node.namespace === CARBONS_NS || node.namespace === MUC_USER) return false;
    if (node.name === "no-copy" && node.namespace === HINTS) return false;
  }
  return true;
}

/** The message as its recipient gets it: without `<private/>` (XEP-0280 §9). */
export function withoutPrivate(message: Element): Element {
  if (child(message, "private", CARBONS_NS) === undefined) return message;
  const isPrivate = (node: Element | string) =>
    typeof node !== "string" && node.name === "private" && node.namespace === CARBONS_NS;
  return { ...message, children: message.children.filter((node) => !isPrivate(node)) };
}
