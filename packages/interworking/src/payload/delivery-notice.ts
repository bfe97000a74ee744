import { attribute, type Element, elements, isXmlProblem, parseDocument, text } from "@interpres/xmpp/xml";
import { cleanText } from "./plain-text.ts";

/** What a NOTIFY within a session carries after its messages were answered 202. */
export const DELIVERY_NOTICE_TYPE = "application/ms-imdn+xml";
const LIMITS = { stanzaBytes: 65_536, depth: 16, attributes: 16 };
const MAX_TEXT = 256;

/** One recipient's fate of a message that was taken before. */
export interface DeliveryNotice {
  /** As the `Message-Id` of the 202 named it. */
  readonly messageId: string;
  readonly status: number;
  /** The peer's words for administrators. */
  readonly diagnosis: string;
}

/** Reads Microsoft's delivery notice, one entry for each recipient; none when it is something else. */
export function readDeliveryNotices(body: Uint8Array): readonly DeliveryNotice[] {
  const root = parseDocument(body, LIMITS);
  if (isXmlProblem(root) || root.name !== "imdn") return [];
  const messageId = textIn(root, "message-id");
  const recipients = elements(root).filter(({ name }) => name === "recipient");
  return recipients.map((recipient) => ({
    messageId,
    status: Number.parseInt(textIn(recipient, "status"), 10) || 0,
    diagnosis: diagnosisIn(recipient),
  }));
}

function diagnosisIn(recipient: Element): string {
  const entries = elements(recipient).filter(({ name }) => name === "entry");
  const found = entries.find((entry) => textIn(entry, "key").toLowerCase() === "ms-diagnostics");
  return found === undefined ? (attribute(recipient, "uri") ?? "").slice(0, MAX_TEXT) : textIn(found, "value");
}

function textIn(parent: Element, name: string): string {
  const found = elements(parent).find((element) => element.name === name);
  return found === undefined ? "" : cleanText(text(found)).trim().slice(0, MAX_TEXT);
}
