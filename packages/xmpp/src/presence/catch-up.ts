import type { ContactBook } from "../roster/contact-book.ts";
import { contactJid } from "../roster/contact-jid.ts";
import type { RosterEntry } from "../roster/roster-repository.ts";
import { isPendingOut, isSubscribedFrom, isSubscribedTo } from "../roster/subscription.ts";
import type { ConnectedResource } from "../router/connected-resource.ts";
import { makePresence, type Presence, readdress } from "../stanza/stanza.ts";
import { isXmlProblem, parseDocument } from "../xml/index.ts";
import type { PresencePorts } from "./presence-ports.ts";

/** What a resource is told when its presence session begins (RFC 6121 §3.1.3 rule 4, §4.2.2, §4.3.1). */
export class CatchUp {
  readonly #ports: PresencePorts;

  constructor(ports: PresencePorts) {
    this.#ports = ports;
  }

  /** Presence of the user's other resources and of her contacts, then the requests she has not answered. */
  serve(resource: ConnectedResource, book: ContactBook): void {
    const own = this.#ports.sessions.availableOf(resource.jid);
    for (const other of own) {
      if (other !== resource && other.presence !== undefined) tell(resource, other.presence);
    }
    const entries = [...book.entries()].filter((entry) => !book.blocked.blocks(contactJid(entry.jid)));
    for (const entry of entries) {
      this.probe(resource, entry);
      if (own.length === 1 && isPendingOut(entry.state)) this.#askAgain(resource, entry);
    }
    for (const { request } of entries) if (request !== undefined) this.#present(resource, request);
  }

  /**
   * Presence of one contact the user is subscribed to. That of a local one is at hand; a foreign one is probed, from the
   * full JID: the answer is for this resource.
   */
  probe(resource: ConnectedResource, entry: RosterEntry): void {
    if (!isSubscribedTo(entry.state)) return;
    const contact = contactJid(entry.jid);
    const { router, sessions, books } = this.#ports;
    if (!router.isLocal(contact.domain)) {
      router.route(makePresence({ type: "probe", from: resource.jid, to: contact }));
      return;
    }
    const theirs = books.loaded(entry.jid);
    const user = resource.jid.bare;
    if (theirs === undefined || !isSubscribedFrom(theirs.state(user.toString())) || theirs.blocked.blocks(user)) return;
    for (const { presence } of sessions.availableOf(contact)) if (presence !== undefined) tell(resource, presence);
  }

  /** RFC 6121 §3.1.2: a foreign contact that never answered may never have got the request. */
  #askAgain(resource: ConnectedResource, entry: RosterEntry): void {
    const contact = contactJid(entry.jid);
    if (this.#ports.router.isLocal(contact.domain)) return;
    this.#ports.router.route(makePresence({ type: "subscribe", from: resource.jid.bare, to: contact }));
  }

  #present(resource: ConnectedResource, request: string): void {
    const stanza = parseDocument(request);
    if (isXmlProblem(stanza))
      this.#ports.log.error("subscription-request.unreadable", { user: resource.jid.bare.toString() });
    else resource.deliver(stanza);
  }
}

function tell(resource: ConnectedResource, presence: Presence): void {
  resource.deliver(readdress(presence, { to: resource.jid.bare }).element);
}
