import { el, elements, isXmlProblem, parseDocument, serializeDocument, text } from "@interpres/xmpp/xml";
import { ACTIVE_WITHOUT_REFRESH_SECONDS, type Composing } from "../model/composing.ts";

/** RFC 3994 §6. */
export const IS_COMPOSING_TYPE = "application/im-iscomposing+xml";
const NAMESPACE = "urn:ietf:params:xml:ns:im-iscomposing";
const LIMITS = { stanzaBytes: 8192, depth: 8, attributes: 16 };
const LONGEST_REFRESH_SECONDS = 600;

/** Reads an isComposing document; a state that is not "active" counts as idle (RFC 3994 §3.5). Undefined: not one. */
export function readIsComposing(body: Uint8Array): Composing | undefined {
  const root = parseDocument(body, LIMITS);
  if (isXmlProblem(root) || root.name !== "isComposing") return undefined;
  const value = (name: string): string => {
    const element = elements(root).find((candidate) => candidate.name === name);
    return element === undefined ? "" : text(element).trim();
  };
  if (value("state") !== "active") return { state: "idle" };
  const refresh = Number.parseInt(value("refresh"), 10);
  const refreshSeconds = refresh > 0 ? Math.min(refresh, LONGEST_REFRESH_SECONDS) : ACTIVE_WITHOUT_REFRESH_SECONDS;
  return { state: "active", refreshSeconds };
}

/** Writes one. No refresh interval: the receiver assumes idle after 120 seconds (RFC 3994 §3.2). */
export function writeIsComposing(state: Composing["state"]): string {
  const content = el("contenttype", NAMESPACE, {}, "text/plain");
  return serializeDocument(el("isComposing", NAMESPACE, {}, el("state", NAMESPACE, {}, state), content));
}
