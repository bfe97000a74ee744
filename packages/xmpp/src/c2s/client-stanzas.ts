import { sendCarbons } from "../messaging/carbons.ts";
import { isEligibleForCarbons } from "../messaging/payload.ts";
import type { OutboundPresence } from "../presence/outbound-presence.ts";
import { isSubscriptionStanza, type SubscriptionRequests } from "../presence/subscription-requests.ts";
import type { ContactBook } from "../roster/contact-book.ts";
import type { ConnectedResource } from "../router/connected-resource.ts";
import type { Router } from "../router/router.ts";
import type { SessionDirectory } from "../router/session-directory.ts";
import { type Iq, iqResult, type Message, type Presence, readdress, type Stanza } from "../stanza/stanza.ts";
import { mayBeAnswered, type StanzaErrorReason, stanzaError } from "../stanza/stanza-error.ts";
import { el } from "../xml/index.ts";
import type { AccountRequest } from "./account-request.ts";
import type { DomainRequest } from "./commands.ts";
import type { IqAnswer, IqRequest, IqTable } from "./iq-table.ts";

export interface ClientStanzasPorts {
  readonly sessions: SessionDirectory;
  readonly router: Router;
  readonly presence: OutboundPresence;
  readonly requests: SubscriptionRequests;
  /** What the user's own account answers. */
  readonly account: IqTable<AccountRequest>;
  /** What the server's domain answers. */
  readonly server: IqTable<DomainRequest>;
}

/** A client and the book of its user. */
export interface Client {
  readonly resource: ConnectedResource;
  readonly book: ContactBook;
}

/** The sender blocks the recipient (XEP-0191 §3.3). */
const BLOCKED: StanzaErrorReason = {
  type: "cancel",
  condition: "not-acceptable",
  application: el("blocked", "urn:xmpp:blocking:errors", {}),
};

/** What a client sends, by kind and addressee (RFC 6120 §10.2, §10.3). `from` is the client's full JID. */
export class ClientStanzas {
  readonly #ports: ClientStanzasPorts;

  constructor(ports: ClientStanzasPorts) {
    this.#ports = ports;
  }

  handle(client: Client, stanza: Stanza, taken: () => void): void {
    if (stanza.kind === "message") this.#message(client, stanza, taken);
    else if (stanza.kind === "presence") this.#presence(client, stanza, taken);
    else {
      this.#iq(client, stanza);
      taken();
    }
  }

  /** Without 'to' it is for the sender's own account (RFC 6120 §10.3.1). */
  #message(client: Client, message: Message, taken: () => void): void {
    const { resource } = client;
    const { router, sessions } = this.#ports;
    const addressed = message.to === undefined ? readdress(message, { to: resource.jid.bare }) : message;
    if (refused(client, addressed)) {
      taken();
      return;
    }
    const isToSelf = addressed.to?.bare.equals(resource.jid.bare) ?? false;
    if (!isToSelf && isEligibleForCarbons(message.element, message.type))
      sendCarbons("sent", addressed, { resources: sessions.of(resource.jid), except: [resource] });
    router.route(addressed, taken);
  }

  #presence(client: Client, presence: Presence, taken: () => void): void {
    const { resource, book } = client;
    const { requests, router } = this.#ports;
    const { to, type } = presence;
    if (to !== undefined && refused(client, presence)) taken();
    else if (isSubscriptionStanza(presence)) requests.outbound({ resource, presence }, book, taken);
    else {
      if (to === undefined) this.#ports.presence.undirected(resource, presence, book);
      else if (type === "available" || type === "unavailable")
        book.afterWrites(() => this.#ports.presence.directed(resource, { ...presence, to }, book));
      else router.route(presence);
      taken();
    }
  }

  #iq(client: Client, iq: Iq): void {
    const { resource } = client;
    const { to, payload } = iq;
    const isRequest = mayBeAnswered(iq);
    if (to === undefined || to.toString() === resource.jid.bare.toString()) {
      // A result or error here answers one of our pushes.
      if (isRequest && payload !== undefined) this.#toAccount(client, iq, { iq, payload });
    } else if (to.kind === "bare" && to.local === "" && this.#ports.router.isLocal(to.domain)) {
      if (isRequest && payload !== undefined) this.#ports.server.answer({ iq, payload, client }, replyTo(resource, iq));
    } else if (!refused(client, iq)) {
      if (isRequest) resource.awaited.asked(iq.id, to);
      this.#ports.router.route(iq);
    }
  }

  #toAccount({ resource, book }: Client, iq: Iq, request: IqRequest): void {
    const addressed = readdress(iq, { to: resource.jid.bare });
    this.#ports.account.answer({ ...request, resource, book }, replyTo(resource, addressed));
  }
}

function replyTo(resource: ConnectedResource, iq: Iq): (answer: IqAnswer) => void {
  return (answer) => {
    const reply = answer.kind === "error" ? stanzaError(iq, answer) : iqResult(iq, answer.payload);
    resource.deliver(reply.element);
  };
}

/** Nothing goes to whom the user blocks; she is told, unless that could loop. */
function refused({ resource, book }: Client, stanza: Stanza): boolean {
  if (stanza.to === undefined || !book.blocked.blocks(stanza.to)) return false;
  if (mayBeAnswered(stanza)) resource.deliver(stanzaError(stanza, BLOCKED).element);
  return true;
}
