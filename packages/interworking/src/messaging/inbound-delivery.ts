import type { Answer, SipRequest } from "@interpres/sip";
import type { BareJid, DeliveryOutcome, Jid } from "@interpres/xmpp";
import { resourceOfGr } from "../address/sip-uri-to-jid.ts";
import { onTheWire } from "../failure/failure.ts";
import { statusOfCondition } from "../failure/stanza-to-status.ts";
import type { FederatedPeer } from "../model/federated-peers.ts";
import type { Trail } from "../model/trail.ts";
import { FILE_OFFER_TYPE } from "../payload/file-offer.ts";
import { htmlToText, isHtml } from "../payload/html-text.ts";
import { htmlToXhtml } from "../payload/html-xhtml.ts";
import { type ImBody, READABLE_TYPES, readImBody } from "../payload/im-body.ts";
import { oneLine } from "../payload/plain-text.ts";
import { trailOfRequest } from "../payload/trail-marker.ts";
import type { MessagePorts } from "./message-ports.ts";
import type { Receipts } from "./receipts.ts";
import { messageOf } from "./sip-to-message.ts";
import type { TypingIn } from "./typing-in.ts";

/** A MESSAGE of a peer whose two sides are known. */
export interface InboundMessage {
  readonly request: SipRequest;
  readonly answer: Answer;
  readonly user: BareJid;
  /** Devices, where the peer names them by a gr parameter. */
  readonly userGr?: string | undefined;
  readonly contact: BareJid;
  readonly contactGr?: string | undefined;
  readonly peer: FederatedPeer;
  readonly mode: "page" | "session";
  /** Says something back in the session that it came in. */
  readonly reply?: (contentType: string, body: string) => void;
}

type TextBody = Extract<ImBody, { readonly kind: "text" }>;

/**
 * Hands a MESSAGE of either mode to the local user and gives it its one final answer when its fate is known: 200 when a
 * client has it, 202 when it is kept for her (RFC 3428 §7), what her side said otherwise.
 */
export class InboundDelivery {
  readonly #ports: MessagePorts;
  readonly #typing: TypingIn;
  readonly #receipts: Receipts;

  constructor(ports: MessagePorts, typing: TypingIn, receipts: Receipts) {
    this.#ports = ports;
    this.#typing = typing;
    this.#receipts = receipts;
  }

  deliver(inbound: InboundMessage): void {
    const { request, answer, contact, user } = inbound;
    const trail = trailOfRequest(request);
    const end = this.#ports.trails.endOf(trail);
    if (end !== undefined) {
      const { status, reason } = onTheWire[end];
      answer(status, { reason });
      this.#record(inbound, `refused ${status}`, end);
      return;
    }
    const body = readImBody(request.contentType, request.body);
    switch (body.kind) {
      case "composing":
        this.#typing.notice(contact, user, body.composing);
        answer(200);
        break;
      case "notice":
        this.#receipts.noticed(contact, user, body.notice);
        answer(200);
        break;
      case "file":
        this.#declineFile(inbound, body.decline);
        break;
      case "unsupported":
        this.#refuseType(inbound, body.type);
        break;
      case "text":
        this.#typing.spoke(contact, user);
        this.#text(inbound, unmarked(body, inbound), trail);
        break;
    }
  }

  #text(inbound: InboundMessage, body: TextBody, trail: Trail): void {
    if (body.text.trim() === "") inbound.answer(200);
    else this.#deliverText(inbound, body, trail);
  }

  /** Taken and declined, as by a person: a 415 shows as a fault at the other end. Outside a session nothing could be said. */
  #declineFile(inbound: InboundMessage, decline: string | undefined): void {
    const { answer, reply } = inbound;
    if (reply === undefined) {
      this.#refuseType(inbound, FILE_OFFER_TYPE);
      return;
    }
    answer(200);
    if (decline === undefined) return;
    reply(FILE_OFFER_TYPE, decline);
    this.#record(inbound, "declined", FILE_OFFER_TYPE);
  }

  #refuseType(inbound: InboundMessage, type: string): void {
    const { status } = onTheWire["body-not-supported"];
    inbound.answer(status, { headers: [["Accept", READABLE_TYPES]] });
    this.#record(inbound, `refused ${status}`, type);
  }

  #deliverText(inbound: InboundMessage, { text, xhtml, asks }: TextBody, crossed: Trail): void {
    const { request, answer, mode, peer, user, contact } = inbound;
    const from = withDevice(inbound.contact, inbound.contactGr);
    const to = withDevice(inbound.user, inbound.userGr);
    const type = mode === "session" ? "chat" : peer.dialect.pageType;
    const { clock, trails } = this.#ports;
    const trail = trails.onward(crossed);
    const init = { from, to, type, text, xhtml, wants: asks?.wants, now: clock.now(), trail } as const;
    const message = messageOf(request, init);
    if (asks !== undefined) this.#receipts.asked({ user, contact, id: message.id ?? "", request: asks });
    this.#ports.local.deliver(message, (outcome) => {
      const status = statusOfOutcome(outcome, peer);
      answer(status, reasonOf(outcome));
      this.#record(inbound, outcome.kind === "refused" ? `refused ${status}` : outcome.kind, outcome.kind);
    });
  }

  #record({ request, user, contact, mode }: InboundMessage, result: string, detail: string): void {
    const kind = result.startsWith("refused") ? "refused" : result;
    this.#ports.meter.messages.add({ direction: "inbound", mode, result: kind });
    this.#ports.decisions.record({
      kind: "message",
      direction: "inbound",
      user: user.toString(),
      peer: contact.toString(),
      peerUri: request.from.uri,
      decisions: [{ rule: "local-delivery", outcome: "done", inputs: { callId: request.callId, mode, detail } }],
      result,
    });
  }
}

/** Markup of clients that write it whatever they call it. */
function unmarked(body: TextBody, { request, peer }: InboundMessage): TextBody {
  const type = request.contentType?.type ?? "text/plain";
  if (peer.dialect.plainText !== "perhaps-html" || type !== "text/plain" || !isHtml(body.text)) return body;
  const xhtml = htmlToXhtml(body.text);
  return { kind: "text", text: htmlToText(body.text), ...(xhtml === undefined ? {} : { xhtml }) };
}

/** The Reason-Phrase of a refusal is the text of the error it comes from (RFC 7247 §7). */
function reasonOf(outcome: DeliveryOutcome): { readonly reason?: string } {
  const text = outcome.kind === "refused" ? outcome.text : undefined;
  return text === undefined ? {} : { reason: oneLine(text).slice(0, 128) };
}

function withDevice(user: BareJid, gr: string | undefined): Jid {
  const resource = gr === undefined ? undefined : resourceOfGr(gr);
  return resource === undefined ? user : user.withResource(resource);
}

/** The final status of a delivered, kept or refused message. */
function statusOfOutcome(outcome: DeliveryOutcome, peer: Pick<FederatedPeer, "dialect">): number {
  switch (outcome.kind) {
    case "delivered":
      return peer.dialect.pageAnswer;
    case "stored":
      return 202;
    case "refused":
      return statusOfCondition(outcome.condition, peer.dialect.messageMode === "page" ? "bare-jid" : "full-jid");
  }
}
