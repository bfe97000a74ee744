import type { BareJid, Jid, Message } from "@interpres/xmpp";
import { makeMessage, parseJid } from "@interpres/xmpp";
import { el } from "@interpres/xmpp/xml";
import { LRUCache } from "lru-cache";
import { errorMessage, failureOfStatus } from "../failure/outcome-failure.ts";
import { CPIM_TYPE } from "../payload/cpim.ts";
import { type Disposition, type DispositionNotice, type NoticeRequest, writeNotice } from "../payload/imdn.ts";
import type { MessagePorts } from "./message-ports.ts";
import { MARKERS, RECEIPTS, tellingOf } from "./message-to-sip.ts";
import type { JournalEntry } from "./outbound-journal.ts";
import type { ReceiptRow } from "./receipt-repository.ts";

/** Messages of which something may still be told; the oldest are forgotten. */
const MOST = 20_000;
/** What a notice of failure is like, which gives no status of its own (RFC 3261 §21.4.18). */
const NOT_DELIVERED = 480;

interface Sent {
  readonly entry: JournalEntry;
  readonly sender: Jid;
  readonly contact: BareJid;
}

type ReceiptPorts = Pick<MessagePorts, "agent" | "local" | "addresses" | "peers" | "clock" | "random" | "receipts">;

/** A message of a foreign contact whose sender wants to hear of it. */
export interface AskingMessage {
  readonly user: BareJid;
  readonly contact: BareJid;
  /** Of the stanza it became. */
  readonly id: string;
  readonly request: NoticeRequest;
}

/** Receipts and displayed markers of XMPP (XEP-0184, XEP-0333) and disposition notices of SIP (RFC 5438), each for the other. */
export class Receipts {
  readonly #ports: ReceiptPorts;
  readonly #rows: LRUCache<string, ReceiptRow>;

  constructor(ports: ReceiptPorts) {
    this.#ports = ports;
    this.#rows = new LRUCache({
      max: MOST,
      dispose: (_row, id, reason) => {
        if (reason === "evict") ports.receipts.remove(id);
      },
    });
  }

  /** Takes up what the last run was asked. */
  restore(rows: readonly ReceiptRow[]): void {
    for (const row of rows) this.#rows.set(row.id, row);
  }

  /** A message of ours is on its way that asks what becomes of it. */
  sent({ entry, sender, contact }: Sent): void {
    const { id, stanzaId } = entry;
    const of = { kind: "sent", sender: sender.toString(), contact: contact.toString() } as const;
    this.#keep(sentKey(id), stanzaId === undefined ? of : { ...of, stanzaId });
  }

  /** The contact's side tells what became of a message to him; nobody else's word counts. */
  noticed(contact: BareJid, user: BareJid, { messageId, disposition, outcome }: DispositionNotice): void {
    const sent = this.#rows.get(sentKey(messageId))?.of;
    if (sent?.kind !== "sent" || sent.contact !== contact.toString()) return;
    const to = parseJid(sent.sender);
    if (to?.bare.equals(user) !== true) return;
    const { stanzaId } = sent;
    if (outcome === "done") {
      const [name, namespace] = disposition === "delivery" ? ["received", RECEIPTS] : ["displayed", MARKERS];
      const told = el(name, namespace, { id: stanzaId ?? "" });
      this.#ports.local.deliver(makeMessage({ type: "normal", from: contact, to, id: messageId }, told), ignore);
    } else if (disposition === "delivery") {
      const failure = failureOfStatus(NOT_DELIVERED);
      this.#ports.local.deliver(errorMessage({ from: contact, to, id: stanzaId, failure }), ignore);
    }
  }

  /** A message came whose sender wants to hear what becomes of it. */
  asked({ user, contact, id, request }: AskingMessage): void {
    this.#keep(askedKey(user, contact, id), { kind: "asked", request, open: request.wants });
  }

  /** A client of ours tells that a message came, or was seen; false when the stanza says no such thing. */
  told(message: Message): boolean {
    const telling = tellingOf(message);
    const { from, to } = message;
    if (telling === undefined || from === undefined || to === undefined) return false;
    const key = askedKey(from.bare, to.bare, telling.id);
    const asked = this.#rows.get(key)?.of;
    if (asked?.kind !== "asked" || !asked.open.includes(telling.disposition)) return true;
    const open = asked.open.filter((disposition) => disposition !== telling.disposition);
    if (open.length > 0) this.#keep(key, { ...asked, open });
    else this.#forget(key);
    this.#send(from.bare, to.bare, { request: asked.request, disposition: telling.disposition });
    return true;
  }

  #keep(id: string, of: ReceiptRow["of"]): void {
    const row = { id, at: this.#ports.clock.now(), of };
    this.#rows.set(id, row);
    this.#ports.receipts.put(row);
  }

  #forget(id: string): void {
    this.#rows.delete(id);
    this.#ports.receipts.remove(id);
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

function sentKey(id: string): string {
  return `sent ${id}`;
}

function askedKey(user: BareJid, contact: BareJid, id: string): string {
  return `asked ${user} ${contact} ${id}`;
}
