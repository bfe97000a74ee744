import type { Dialect } from "@interpres/federation";
import type { Answer, PageMessage, RequestOutcome, SipRequest } from "@interpres/sip";
import type { BareJid } from "@interpres/xmpp";
import { LRUCache } from "lru-cache";
import { withGr } from "../address/jid-to-sip-uri.ts";
import { onTheWire } from "../failure/failure.ts";
import { asKnown, type InboundParties, inboundParties } from "../failure/inbound-parties.ts";
import type { FederatedPeer } from "../model/federated-peers.ts";
import { CPIM_TYPE } from "../payload/cpim.ts";
import { type Parties, writeRequest } from "../payload/imdn.ts";
import { IS_COMPOSING_TYPE, writeIsComposing } from "../payload/is-composing.ts";
import type { InboundDelivery } from "./inbound-delivery.ts";
import type { MessagePorts } from "./message-ports.ts";
import { HTML_TYPE, headOf, TEXT_TYPE } from "./message-to-sip.ts";
import type { JournalEntry } from "./outbound-journal.ts";
import type { Receipts } from "./receipts.ts";

/** Via, CSeq, Max-Forwards, Content-Length, the tag and the names of the lines: what the stack adds, generously. */
const STACK_BYTES = 300;

/** A message on its way out, with what was looked up for it. */
export interface Outbound {
  readonly entry: JournalEntry;
  readonly user: BareJid;
  readonly contact: BareJid;
  /** The sender's resource. */
  readonly resource: string | undefined;
  readonly peer: FederatedPeer;
}

/** Messages each on its own: MESSAGE outside a dialog (RFC 3428, RFC 7572). */
export class PageMode {
  readonly #ports: MessagePorts;
  readonly #inbound: InboundDelivery;
  readonly #receipts: Receipts;
  /** Contacts whose side takes no typing notices: RFC 3994 §4 forbids to send another after a 415. */
  readonly #withoutTyping = new LRUCache<string, true>({ max: 10_000 });
  /** Pairs the other side was told of as "active". */
  readonly #active = new LRUCache<string, true>({ max: 10_000 });

  constructor(ports: MessagePorts, inbound: InboundDelivery, receipts: Receipts) {
    this.#ports = ports;
    this.#inbound = inbound;
    this.#receipts = receipts;
  }

  /** A MESSAGE of a peer outside a dialog; taken from any of them, whatever we would send it. */
  receive(request: SipRequest, answer: Answer): void {
    const parties = inboundParties(request, this.#ports);
    if (parties.kind === "refused") {
      const { status, reason } = onTheWire[parties.cause];
      answer(status, { reason });
      this.#ports.meter.messages.add({ direction: "inbound", mode: "page", result: "refused" });
      this.#ports.decisions.record({
        kind: "message",
        direction: "inbound",
        peer: request.from.uri,
        decisions: [{ rule: parties.cause, outcome: "refuse", inputs: { requestUri: request.requestUri } }],
        result: `refused ${status}`,
      });
      return;
    }
    const use = ({ user, userGr, contact, contactAddress, peer }: InboundParties): void => {
      const contactGr = contactAddress.gr;
      this.#inbound.deliver({ request, answer, user, userGr, contact, contactGr, peer, mode: "page" });
    };
    asKnown(parties, this.#ports, { use, failed: () => answer(500) });
  }

  /** Whether a message would make a request longer than its peer's path is known to take (RFC 7572 §6, RFC 3428 §8). */
  isTooLong(outbound: Outbound): boolean {
    const page = this.#page(outbound);
    return page !== undefined && octetsOf(page) > outbound.peer.dialect.pageRequestBytes;
  }

  /** Sends one message; `done` is told once. "full": too many wait for this peer. */
  send(outbound: Outbound, done: (outcome: RequestOutcome) => void): "accepted" | "full" | "unaddressable" {
    const page = this.#page(outbound);
    if (page === undefined) return "unaddressable";
    if (page.contentType === CPIM_TYPE) this.#receipts.sent(sentOf(outbound));
    if (this.#active.size > 0) this.#active.delete(`${outbound.user} ${outbound.contact}`);
    return outbound.peer.line.pass("message", () => this.#ports.agent.sendMessage(page, done));
  }

  #page({ entry, user, contact, resource, peer }: Outbound): PageMessage | undefined {
    const { addresses, trails } = this.#ports;
    const uri = addresses.localUri(user);
    const to = addresses.foreignUri(contact);
    if (uri === undefined || to === undefined) return undefined;
    // RFC 7572 §4 note 1; session-mode products read From by its letters.
    const from = resource === undefined || peer.dialect.messageMode === "session" ? uri : withGr(uri, resource);
    const message = {
      from,
      to,
      ...contentOf(entry, { parties: { from, to }, receipts: peer.dialect.receipts }),
      ...headOf(entry, 0, trails),
      callId: entry.callId,
    };
    const name = addresses.displayName(user);
    const named = name === undefined ? message : { ...message, fromDisplayName: name };
    return markedUp(named, entry, peer.dialect);
  }

  /** Tells the other side that a user writes, or stopped (RFC 3994 §4). */
  typing(user: BareJid, contact: BareJid, state: "active" | "idle"): void {
    const key = `${user} ${contact}`;
    const { addresses, agent, peers } = this.#ports;
    const from = addresses.localUri(user);
    const to = addresses.foreignUri(contact);
    if (from === undefined || to === undefined || this.#withoutTyping.has(to)) return;
    // No message about a state the other side already has.
    if ((state === "active") === this.#active.has(key)) return;
    if (state === "active") this.#active.set(key, true);
    else this.#active.delete(key);
    const notice = { from, to, contentType: IS_COMPOSING_TYPE, body: writeIsComposing(state) };
    peers.of(contact.domain)?.line.pass("presence", () => {
      agent.sendMessage(notice, (outcome) => {
        if (outcome.kind === "answered" && outcome.status === 415) this.#withoutTyping.set(to, true);
      });
    });
  }
}

function sentOf({ entry, user, contact, resource }: Outbound): Parameters<Receipts["sent"]>[0] {
  return { entry, contact, sender: resource === undefined ? user : user.withResource(resource) };
}

/** The text as it is, or with the wish to hear of it where the peer takes that. */
function contentOf(
  { id, text, wants = [], acceptedAt }: JournalEntry,
  { parties, receipts }: { readonly parties: Parties; readonly receipts: "imdn" | "none" },
): Pick<PageMessage, "contentType" | "body"> {
  if (receipts === "none" || wants.length === 0) return { contentType: TEXT_TYPE, body: text };
  const request = { messageId: id, dateTime: new Date(acceptedAt).toISOString(), wants };
  return { contentType: CPIM_TYPE, body: writeRequest(parties, request, text) };
}

/** The same with its markup, where the request does not grow too long by it. */
function markedUp(page: PageMessage, { html }: JournalEntry, { pageRequestBytes }: Dialect): PageMessage {
  if (html === undefined || page.contentType !== TEXT_TYPE) return page;
  const marked = { ...page, contentType: HTML_TYPE, body: html };
  return octetsOf(marked) <= pageRequestBytes ? marked : page;
}

/** Octets of the whole request. */
function octetsOf({
  from,
  fromDisplayName = "",
  to,
  callId = "",
  contentType,
  headers = [],
  body,
}: PageMessage): number {
  const lines = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  const words = from.length + fromDisplayName.length * 3 + 2 * to.length + callId.length + contentType.length;
  return STACK_BYTES + words + lines + Buffer.byteLength(body);
}
