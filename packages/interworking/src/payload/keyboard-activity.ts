import { attribute, el, elements, isXmlProblem, parseDocument } from "@interpres/xmpp/xml";
import type { Composing } from "../model/composing.ts";
import { writeDocument } from "./prefixed-document.ts";

/** Content-Type of the INFO that carries it. */
export const KEYBOARD_ACTIVITY_TYPE = "application/xml";
const LIMITS = { stanzaBytes: 8192, depth: 8, attributes: 16 };
/** Clients repeat "type" about every five seconds; twice that without one is a pause. */
const TYPE_HOLDS_SECONDS = 10;

/** Reads Microsoft's typing notice: no namespace, blanks and case vary. Undefined: something else in an INFO. */
export function readKeyboardActivity(body: Uint8Array): Composing | undefined {
  const root = parseDocument(body, LIMITS);
  if (isXmlProblem(root) || root.name.toLowerCase() !== "keyboardactivity") return undefined;
  const status = elements(root).find((element) => element.name.toLowerCase() === "status");
  const word = status === undefined ? "" : (attribute(status, "status") ?? "");
  return word.toLowerCase() === "type" ? { state: "active", refreshSeconds: TYPE_HOLDS_SECONDS } : { state: "idle" };
}

/** Writes one. */
export function writeKeyboardActivity(state: Composing["state"]): string {
  const status = el("status", "", { status: state === "active" ? "type" : "idle" });
  return writeDocument(el("KeyboardActivity", "", {}, status), { "": "" });
}
