import type { BareJid, Jid, Message } from "@interpres/xmpp";
import { makeMessage } from "@interpres/xmpp";
import { el } from "@interpres/xmpp/xml";
import { LRUCache } from "lru-cache";
import { errorMessage, failureOfStatus } from "../failure/outcome-failure.ts";
import { CPIM_TYPE } from "../payload/cpim.ts";
import { type Disposition, type DispositionNotice, type NoticeRequest, writeNotice } from "../payload/imdn.ts";
import type { MessagePorts } from "./message-ports.ts";
import { MARKERS, RECEIPTS, tellingOf } from "./message-to-sip.ts";
import type { JournalEntry } from "./outbound-journal.ts";

/** Messages of either direction of which something may still be told; the oldest are forgotten. */
const MOST = 10_000;
/** What a notice of failure is like, which gives no status of its own (RFC 3261 §21.4.18). */
const NOT_DELIVERED = 480;

interface Sent {
  readonly entry: JournalEntry;
  readonly sender: Jid;
  readonly contact: BareJid;
}

interface Asked {
  readonly request: NoticeRequest;
  /** Not told yet: one notice for each (RFC 5438 §7.2.1). */
  readonly open: Set<Disposition>;
}

/** A message of a foreign contact whose sender wants to hear of it. */
export interface AskingMessage {
  readonly user: BareJid;
  readonly contact: BareJid;
  /** Of the stanza it became. */
  readonly id: string;
  readonly request: NoticeRequest;
}

/**
 * Receipts and displayed markers of XMPP (XEP-0184, XEP-0333) and disposition notices of SIP (RFC 5438), each for the other.
 * What is remembered for them is lost with the process: then the sender hears nothing more, as both allow.
 */
export class Receipts {
  readonly #ports: Pick<MessagePorts, "agent" | "local" | "addresses" | "peers" | "clock" | "random">;
  readonly #sent = new LRUCache<string, Sent>({ max: MOST });
  readonly #asked = new LRUCache<string, Asked>({ max: MOST });

  constructor(ports: Pick<MessagePorts, "agent" | "local" | "addresses" | "peers" | "clock" | "random">) {
    this.#ports = ports;
  }

  /** A message of ours is on its way that asks what becomes of it. */
  sent(sent: Sent): void {
    this.#sent.set(sent.entry.id, sent);
  }

  /** The contact's side tells what became of a message to him; nobody else's word counts. */
  noticed(contact: BareJid, user: BareJid, { messageId, disposition, outcome }: DispositionNotice): void {
    const sent = this.#sent.get(messageId);
    if (sent === undefined || !sent.contact.equals(contact) || !sent.sender.bare.equals(user)) return;
    const { sender: to, entry } = sent;
    const id = entry.stanzaId ?? "";
    if (outcome === "done") {
      const [name, namespace] = disposition === "delivery" ? ["received", RECEIPTS] : ["displayed", MARKERS];
      const told = el(name, namespace, { id });
      this.#ports.local.deliver(makeMessage({ type: "normal", from: contact, to, id: messageId }, told), ignore);
    } else if (disposition === "delivery") {
      const failure = failureOfStatus(NOT_DELIVERED);
      this.#ports.local.deliver(errorMessage({ from: contact, to, id: entry.stanzaId, failure }), ignore);
    }
  }

  /** A message came whose sender wants to hear what becomes of it. */
  asked({ user, contact, id, request }: AskingMessage): void {
    this.#asked.set(`${user} ${contact} ${id}`, { request, open: new Set(request.wants) });
  }

  /** A client of ours tells that a message came, or was seen; false when the stanza says no such thing. */
  told(message: Message): boolean {
    const telling = tellingOf(message);
    const { from, to } = message;
    if (telling === undefined || from === undefined || to === undefined) return false;
    const asked = this.#asked.get(`${from.bare} ${to.bare} ${telling.id}`);
    if (asked?.open.delete(telling.disposition) === true)
      this.#send(from.bare, to.bare, { request: asked.request, disposition: telling.disposition });
    return true;
  }

  #send(
    user: BareJid,
    contact: BareJid,
    notice: { readonly request: NoticeRequest; readonly disposition: Disposition },
  ): void {
    const { addresses, agent, peers, random } = this.#ports;
    const from = addresses.localUri(user);
    const to = addresses.foreignUri(contact);
    if (from === undefined || to === undefined) return;
    const body = writeNotice({ from, to, id: random.token(), ...notice });
    peers
      .of(contact.domain)
      ?.line.pass("presence", () => agent.sendMessage({ from, to, contentType: CPIM_TYPE, body }, ignore));
  }
}

/** Nobody waits for the fate of a notice. */
function ignore(): void {
  return;
}
