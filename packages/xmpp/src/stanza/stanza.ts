import type { BareJid, FullJid, Jid } from "../address/jid.ts";
import { type Element, el, type Node, NS, withAttributes } from "../xml/index.ts";

interface Addressed {
  readonly id?: string;
  readonly from?: Jid;
  readonly to?: Jid;
  /** `xml:lang` of the stanza itself. */
  readonly lang?: string;
  /** The stanza whole, in namespace `jabber:client`; its attributes agree with the fields. */
  readonly element: Element;
}

/** RFC 6121 §5.2.2. A missing or unknown type is "normal". */
export type MessageType = "chat" | "error" | "groupchat" | "headline" | "normal";

/** RFC 6121 §4.7.1; "available" stands for the missing attribute. */
export type PresenceType =
  | "available"
  | "error"
  | "probe"
  | "subscribe"
  | "subscribed"
  | "unavailable"
  | "unsubscribe"
  | "unsubscribed";

/** RFC 6120 §8.2.3. */
export type IqType = "error" | "get" | "result" | "set";

export interface Message extends Addressed {
  readonly kind: "message";
  readonly type: MessageType;
}

export interface Presence extends Addressed {
  readonly kind: "presence";
  readonly type: PresenceType;
}

export interface Iq extends Addressed {
  readonly kind: "iq";
  readonly type: IqType;
  readonly id: string;
  /** The one child of a get or set; that of a result or error, if it has one beside `<error/>`. */
  readonly payload?: Element;
}

export type Stanza = Message | Presence | Iq;

interface Addresses {
  readonly from?: Jid | undefined;
  readonly to?: Jid | undefined;
}

interface Head<Type> extends Addresses {
  readonly type: Type;
  readonly id?: string | undefined;
  readonly lang?: string | undefined;
}

/** A message of ours; children in namespace `jabber:client` are `<body/>`, `<subject/>`, `<thread/>`. */
export function makeMessage(head: Head<MessageType>, ...children: readonly Node[]): Message {
  const { type } = head;
  const element = el(
    "message",
    NS.client,
    headAttributes({ ...head, type: type === "normal" ? undefined : type }),
    ...children,
  );
  return { kind: "message", type, ...present(head), element };
}

/** A presence stanza of ours. */
export function makePresence(head: Head<PresenceType>, ...children: readonly Node[]): Presence {
  const { type } = head;
  const attributes = headAttributes({ ...head, type: type === "available" ? undefined : type });
  return { kind: "presence", type, ...present(head), element: el("presence", NS.client, attributes, ...children) };
}

/** An IQ of ours; `payload` is required for get and set (RFC 6120 §8.2.3). */
export function makeIq(head: Head<IqType> & { readonly id: string }, payload?: Element): Iq {
  const children = payload === undefined ? [] : [payload];
  const element = el("iq", NS.client, headAttributes(head), ...children);
  const { type, id } = head;
  return { kind: "iq", type, ...present(head), id, ...(payload === undefined ? {} : { payload }), element };
}

/** The result of a get or set, addressed back to who asked (RFC 6120 §8.2.3). */
export function iqResult(request: Iq, payload?: Element): Iq {
  return makeIq({ type: "result", id: request.id, from: request.to, to: request.from }, payload);
}

/** The same stanza with other addresses; a key given as undefined takes the address away, a missing key leaves it. */
export function readdress<S extends Stanza>(stanza: S, addresses: Addresses): S {
  const changes: Record<string, string | undefined> = {};
  if ("from" in addresses) changes.from = addresses.from?.toString();
  if ("to" in addresses) changes.to = addresses.to?.toString();
  const { from, to, ...rest } = { from: stanza.from, to: stanza.to, ...addresses };
  const { from: _from, to: _to, ...unaddressed } = stanza;
  const kept = { ...unaddressed, ...rest, element: withAttributes(stanza.element, changes) };
  return { ...kept, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) } as unknown as S;
}

type HeadText = Omit<Head<string | undefined>, "from" | "to"> & {
  readonly from?: BareJid | FullJid | undefined;
  readonly to?: BareJid | FullJid | undefined;
};

function headAttributes(head: HeadText): Record<string, string | undefined> {
  return {
    type: head.type,
    id: head.id,
    from: head.from?.toString(),
    to: head.to?.toString(),
    "xml:lang": head.lang,
  };
}

function present(head: Omit<Head<unknown>, "type">): Omit<Addressed, "element"> {
  return {
    ...(head.id === undefined ? {} : { id: head.id }),
    ...(head.from === undefined ? {} : { from: head.from }),
    ...(head.to === undefined ? {} : { to: head.to }),
    ...(head.lang === undefined ? {} : { lang: head.lang }),
  };
}
