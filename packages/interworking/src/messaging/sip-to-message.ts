import { decodeUtf8, type SipRequest } from "@interpres/sip";
import { type Jid, type Message, type MessageType, makeMessage } from "@interpres/xmpp";
import { type Element, el } from "@interpres/xmpp/xml";
import type { Trail } from "../model/trail.ts";
import { oneLine } from "../payload/plain-text.ts";
import { trailElement } from "../payload/trail-marker.ts";
import { CHAT_STATES, type ChatState } from "./message-to-sip.ts";

const JABBER_CLIENT = "jabber:client";
const DELAY = "urn:xmpp:delay";
const MAX_ID = 256;
/** A message older than this when it comes is shown with its time (XEP-0203). */
const LATE_MS = 60_000;

export interface MessageInit {
  readonly from: Jid;
  readonly to: Jid;
  readonly type: MessageType;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where it has been, this gateway included. */
  readonly trail: Trail;
}

/** The stanza of a MESSAGE (RFC 7572 §5, table 2). */
export function messageOf(request: SipRequest, { from, to, type, text, now, trail }: MessageInit): Message {
  const children: Element[] = [];
  const subject = oneLine(decodeUtf8(request.first("Subject") ?? ""));
  if (subject !== "") children.push(el("subject", JABBER_CLIENT, {}, subject));
  children.push(el("body", JABBER_CLIENT, {}, text));
  children.push(el("thread", JABBER_CLIENT, {}, request.callId));
  const stamp = delayStamp(request, now);
  if (stamp !== undefined) children.push(el("delay", DELAY, { stamp }));
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

/** When it was sent, if that is long ago: the sender dated it (RFC 3428 §7). */
function delayStamp(request: SipRequest, now: number): string | undefined {
  const date = request.first("Date");
  const sentAt = date === undefined ? Number.NaN : Date.parse(date);
  return sentAt > 0 && now - sentAt > LATE_MS ? new Date(sentAt).toISOString() : undefined;
}
