import { decodeUtf8, type SipRequest } from "@interpres/sip";
import { type Jid, type Message, type MessageType, makeMessage } from "@interpres/xmpp";
import { type Element, el } from "@interpres/xmpp/xml";
import type { Trail } from "../model/trail.ts";
import type { Disposition } from "../payload/imdn.ts";
import { oneLine } from "../payload/plain-text.ts";
import { trailElement } from "../payload/trail-marker.ts";
import { CHAT_STATES, type ChatState, MARKERS, RECEIPTS } from "./message-to-sip.ts";

const JABBER_CLIENT = "jabber:client";
const DELAY = "urn:xmpp:delay";
const MAX_ID = 256;
/** A message older than this when it comes is shown with its time (XEP-0203). */
const LATE_MS = 60_000;

/** What a MESSAGE does not say itself, or not in words of XMPP. */
export interface MessageInit {
  readonly from: Jid;
  readonly to: Jid;
  readonly type: MessageType;
  readonly text: string;
  /** The same with markup. */
  readonly xhtml?: Element | undefined;
  /** What the sender wants to hear of it. */
  readonly wants?: readonly Disposition[] | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where it has been, this gateway included. */
  readonly trail: Trail;
}

/** The stanza of a MESSAGE (RFC 7572 §5, table 2). */
export function messageOf(request: SipRequest, init: MessageInit): Message {
  const { from, to, type, text, xhtml, wants = [], now, trail } = init;
  const children: Element[] = [];
  const subject = oneLine(decodeUtf8(request.first("Subject") ?? ""));
  if (subject !== "") children.push(el("subject", JABBER_CLIENT, {}, subject));
  children.push(el("body", JABBER_CLIENT, {}, text));
  if (xhtml !== undefined) children.push(xhtml);
  children.push(el("thread", JABBER_CLIENT, {}, request.callId));
  const stamp = delayStamp(request, now);
  if (stamp !== undefined) children.push(el("delay", DELAY, { stamp }));
  if (wants.includes("delivery")) children.push(el("request", RECEIPTS, {}));
  if (wants.includes("display")) children.push(el("markable", MARKERS, {}));
  children.push(trailElement(trail));
  const id = (request.topVia.branch ?? request.callId).slice(0, MAX_ID);
  return makeMessage({ type, from, to, id, lang: languageOf(request) }, ...children);
}

/** A chat state alone (XEP-0085). */
export function chatStateMessage(from: Jid, to: Jid, state: ChatState): Message {
  return makeMessage({ type: "chat", from, to }, el(state, CHAT_STATES, {}));
}

function languageOf(request: SipRequest): string | undefined {
  const [language] = request.values("Content-Language");
  return language !== undefined && /^[A-Za-z0-9-]{1,64}$/.test(language) ? language : undefined;
}

/**
 * When it was sent, if that is long ago or longer than its sender wanted it to count: he dated it. It is shown all the
 * same, with its time: that is our policy for a message that expired (RFC 3428 §7).
 */
function delayStamp(request: SipRequest, now: number): string | undefined {
  const date = request.first("Date");
  const sentAt = date === undefined ? Number.NaN : Date.parse(date);
  const lifetimeMs = (request.expires ?? Number.POSITIVE_INFINITY) * 1000;
  return sentAt > 0 && now - sentAt > Math.min(LATE_MS, lifetimeMs) ? new Date(sentAt).toISOString() : undefined;
}
