import type { Dialect } from "@interpres/federation";
import { encodeUtf8, type HeaderLine } from "@interpres/sip";
import type { Message } from "@interpres/xmpp";
import { attribute, child, childrenNamed, type Element, elements, text } from "@interpres/xmpp/xml";
import { freshTrail, type Trails } from "../model/trail.ts";
import type { Disposition } from "../payload/imdn.ts";
import { oneLine } from "../payload/plain-text.ts";
import { trailHeader, trailOfStanza } from "../payload/trail-marker.ts";
import { xhtmlToHtml } from "../payload/xhtml-html.ts";
import { XHTML_IM } from "../payload/xhtml-profile.ts";
import type { JournalEntry } from "./outbound-journal.ts";

/** XEP-0085. */
export const CHAT_STATES = "http://jabber.org/protocol/chatstates";
/** XEP-0184. */
export const RECEIPTS = "urn:xmpp:receipts";
/** XEP-0333. */
export const MARKERS = "urn:xmpp:chat-markers:0";
export const TEXT_TYPE = "text/plain;charset=UTF-8";
export const HTML_TYPE = "text/html;charset=UTF-8";

/** The states of XEP-0085. */
export type ChatState = "active" | "composing" | "paused" | "inactive" | "gone";

/** A thread that can be a Call-ID as it is (RFC 3261 §25.1, callid; without the characters that need care). */
const CALL_ID = /^[A-Za-z0-9\-.!%*_+`'~:]{1,128}(?:@[A-Za-z0-9\-.]{1,127})?$/;
const LANGUAGE = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,6}$/;
const MAX_SUBJECT = 256;

/** The text of a message; undefined when it has none to carry (RFC 6121 §5.2.3). */
export function bodyOf(message: Message): string | undefined {
  const body = bodyIn(message);
  const words = body === undefined ? "" : text(body);
  return words === "" ? undefined : words;
}

/** A MESSAGE has one language: of several bodies, the one in the language of the whole (RFC 6121 §5.2.3), else the first. */
function bodyIn({ element, lang }: Message): Element | undefined {
  const bodies = childrenNamed(element, "body");
  const isOwn = (body: Element): boolean => (attribute(body, "xml:lang") ?? lang) === lang;
  return bodies.find(isOwn) ?? bodies[0];
}

/** The chat state a message carries (XEP-0085 §5). */
export function chatStateOf({ element }: Message): ChatState | undefined {
  const state = elements(element).find((candidate) => candidate.namespace === CHAT_STATES)?.name;
  switch (state) {
    case "active":
    case "composing":
    case "paused":
    case "inactive":
    case "gone":
      return state;
    default:
      return undefined;
  }
}

/** What an entry has beside its stanza. */
export interface EntryInit {
  readonly id: string;
  /** Used where the thread cannot be one. */
  readonly callId: string;
  /** Milliseconds since 1970. */
  readonly acceptedAt: number;
  /** Whether markup is carried to where it goes. */
  readonly richText: Dialect["richText"];
}

/** What is kept of a message with a text until its fate is known (RFC 7572 §4, table 1). */
export function entryOf(message: Message, body: string, init: EntryInit): JournalEntry {
  const { from, to, id, lang } = message;
  const thread = childText(message, "thread");
  const subject = oneLine(childText(message, "subject")).slice(0, MAX_SUBJECT);
  const bodyElement = bodyIn(message);
  const wants = wantedBy(message);
  const html = init.richText === "html" ? htmlOf(message) : undefined;
  const trail = trailOfStanza(message.element);
  const language = (bodyElement === undefined ? undefined : attribute(bodyElement, "xml:lang")) ?? lang;
  return {
    id: init.id,
    from: from?.toString() ?? "",
    to: to?.toString() ?? "",
    text: body,
    callId: CALL_ID.test(thread) ? thread : init.callId,
    acceptedAt: init.acceptedAt,
    ...(id === undefined ? {} : { stanzaId: id }),
    ...(html === undefined ? {} : { html }),
    ...(subject === "" ? {} : { subject }),
    ...(trail === freshTrail ? {} : { trail }),
    ...(language !== undefined && LANGUAGE.test(language) ? { lang: language } : {}),
    ...(wants.length === 0 || id === undefined ? {} : { wants }),
  };
}

/** The markup of a message as HTML (XEP-0071); undefined where it has none. */
function htmlOf({ element }: Message): string | undefined {
  const xhtml = child(element, "html", XHTML_IM);
  return xhtml === undefined ? undefined : xhtmlToHtml(xhtml);
}

/** Receipts (XEP-0184) and displayed markers (XEP-0333) that a message asks for. */
function wantedBy({ element }: Message): readonly Disposition[] {
  return [
    ...(child(element, "request", RECEIPTS) === undefined ? [] : ["delivery" as const]),
    ...(child(element, "markable", MARKERS) === undefined ? [] : ["display" as const]),
  ];
}

/** The message a stanza tells to have come, or to have been seen. */
export function tellingOf({
  element,
}: Message): { readonly disposition: Disposition; readonly id: string } | undefined {
  const received = child(element, "received", RECEIPTS);
  const displayed = child(element, "displayed", MARKERS);
  const id = attribute(received ?? displayed ?? element, "id") ?? "";
  if (received !== undefined) return { disposition: "delivery", id };
  return displayed === undefined ? undefined : { disposition: "display", id };
}

/** What a MESSAGE has beside its text: hops left (Max-Forwards), and the header lines that not every request has. */
export interface MessageHead {
  readonly maxForwards: number;
  readonly headers: readonly HeaderLine[];
}

/** Of one piece of a message, of the first where `part` is 0; what has crossed a gateway before has a hop less. */
export function headOf(entry: JournalEntry, part: number, trails: Trails): MessageHead {
  const trail = entry.trail === undefined ? trails.begun() : trails.onward(entry.trail);
  return { maxForwards: trail.hops, headers: [...headersOf(entry, part), trailHeader(trail)] };
}

function headersOf(entry: JournalEntry, part: number): readonly HeaderLine[] {
  const headers: HeaderLine[] = [["Message-ID", `<${entry.id}.${part}>`]];
  if (entry.subject !== undefined) headers.push(["Subject", encodeUtf8(entry.subject)]);
  if (entry.lang !== undefined) headers.push(["Content-Language", entry.lang]);
  return headers;
}

/** The text in pieces of at most `maxBytes` octets of UTF-8, cut at white space where there is some. */
export function split(words: string, maxBytes: number): readonly string[] {
  if (words.length * 3 <= maxBytes || Buffer.byteLength(words) <= maxBytes) return [words];
  const pieces: string[] = [];
  let rest = Buffer.from(words);
  while (rest.length > maxBytes) {
    const end = cut(rest, maxBytes);
    pieces.push(rest.toString("utf8", 0, end));
    rest = rest.subarray(end);
  }
  pieces.push(rest.toString("utf8"));
  return pieces;
}

function cut(octets: Buffer, maxBytes: number): number {
  for (let at = maxBytes; at > maxBytes / 2; at -= 1) {
    const octet = octets[at - 1];
    if (octet === 0x20 || octet === 0x0a) return at;
  }
  let at = maxBytes;
  while (at > 1 && ((octets[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

function childText({ element }: Message, name: string): string {
  const found = child(element, name);
  return found === undefined ? "" : text(found).trim();
}
