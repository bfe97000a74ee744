import { el, elements, isXmlProblem, parseDocument, serializeDocument, text } from "@interpres/xmpp/xml";
import { type CpimMessage, writeCpim } from "./cpim.ts";
import { oneLine } from "./plain-text.ts";

/** RFC 5438 §11.1.8. */
export const IMDN_TYPE = "message/imdn+xml";
/** Of the headers in CPIM (RFC 5438 §6.1), and of the notice itself (§11.1). */
const HEADERS = "urn:ietf:params:imdn";
const NAMESPACE = "urn:ietf:params:xml:ns:imdn";
const LIMITS = { stanzaBytes: 16_384, depth: 8, attributes: 8 };
const MAX_ID = 256;

/** What a sender wants to hear of: that it came to a client, that somebody saw it. */
export type Disposition = "delivery" | "display";

/** A message whose sender asked to be told what becomes of it (RFC 5438 §7.1.1). */
export interface NoticeRequest {
  readonly messageId: string;
  /** When it was sent, in the sender's words. */
  readonly dateTime: string;
  readonly wants: readonly Disposition[];
}

/** What became of a message: "failed" also where the peer forbids, or fails to say it (RFC 5438 §11.1.7). */
export interface DispositionNotice {
  readonly messageId: string;
  readonly disposition: Disposition;
  readonly outcome: "done" | "failed";
}

/** What the sender of a message/cpim body asks for; undefined where he asks for nothing we can tell. */
export function requestIn({ headers }: CpimMessage): NoticeRequest | undefined {
  const messageId = oneLine(headers.get(`${HEADERS} Message-ID`) ?? "").slice(0, MAX_ID);
  const wanted = (headers.get(`${HEADERS} Disposition-Notification`) ?? "")
    .toLowerCase()
    .split(",")
    .map((word) => word.trim());
  const wants = [
    ...(wanted.includes("positive-delivery") ? ["delivery" as const] : []),
    ...(wanted.includes("display") ? ["display" as const] : []),
  ];
  if (messageId === "" || wants.length === 0) return undefined;
  return { messageId, dateTime: oneLine(headers.get("DateTime") ?? "").slice(0, 64), wants };
}

/** Reads a notice; undefined: not one, or of a disposition that is nothing to people. */
export function readImdn(body: Uint8Array): DispositionNotice | undefined {
  const root = parseDocument(body, LIMITS);
  if (isXmlProblem(root) || root.name !== "imdn" || root.namespace !== NAMESPACE) return undefined;
  const id = elements(root).find(({ name }) => name === "message-id");
  const notification = elements(root).find(({ name }) => name.endsWith("-notification"));
  const disposition = notification?.name.slice(0, -"-notification".length);
  const status = elements(notification ?? root).find(({ name }) => name === "status");
  const word = status === undefined ? undefined : elements(status)[0]?.name;
  if (id === undefined || word === undefined || (disposition !== "delivery" && disposition !== "display"))
    return undefined;
  const outcome = word === "delivered" || word === "displayed" ? "done" : "failed";
  return { messageId: text(id).trim().slice(0, MAX_ID), disposition, outcome };
}

/** The two ends of a message or of a notice. */
export interface Parties {
  /** SIP URIs of who speaks now, and of whom it is for. */
  readonly from: string;
  readonly to: string;
}

/** A text whose sender wants to hear of it, as the body of a MESSAGE of type message/cpim. */
export function writeRequest({ from, to }: Parties, request: NoticeRequest, content: string): string {
  const wanted = request.wants.map((want) => (want === "delivery" ? "positive-delivery, negative-delivery" : want));
  return writeCpim({
    headers: [
      ...partyHeaders(from, to),
      ["imdn.Message-ID", request.messageId],
      ["DateTime", request.dateTime],
      ["imdn.Disposition-Notification", wanted.join(", ")],
    ],
    contentType: "text/plain; charset=UTF-8",
    content,
  });
}

/** What a disposition notice tells, and to whom (RFC 5438 §7.2.1). */
export interface NoticeInit extends Parties {
  /** Of the notice, not of the message it tells of. */
  readonly id: string;
  readonly disposition: Disposition;
  /** What the message itself said. */
  readonly request: NoticeRequest;
}

/** A notice as the body of a MESSAGE of type message/cpim (RFC 5438 §7.2.1). */
export function writeNotice({ from, to, id, disposition, request }: NoticeInit): string {
  const word = disposition === "delivery" ? "delivered" : "displayed";
  const status = el("status", NAMESPACE, {}, el(word, NAMESPACE, {}));
  const notice = el(
    "imdn",
    NAMESPACE,
    {},
    el("message-id", NAMESPACE, {}, request.messageId),
    el("datetime", NAMESPACE, {}, request.dateTime),
    el("recipient-uri", NAMESPACE, {}, from),
    el(`${disposition}-notification`, NAMESPACE, {}, status),
  );
  return writeCpim({
    headers: [...partyHeaders(from, to), ["imdn.Message-ID", id]],
    disposition: "notification",
    contentType: IMDN_TYPE,
    content: serializeDocument(notice),
  });
}

function partyHeaders(from: string, to: string): readonly (readonly [string, string])[] {
  return [
    ["From", `<${from}>`],
    ["To", `<${to}>`],
    ["NS", `imdn <${HEADERS}>`],
  ];
}
