import type { Jid } from "../address/jid.ts";
import type { ContactBook } from "../roster/contact-book.ts";
import { isSubscribedFrom } from "../roster/subscription.ts";
import type { ConnectedResource } from "../router/connected-resource.ts";
import { makePresence, type Presence, readdress } from "../stanza/stanza.ts";
import { type StanzaErrorReason, stanzaError } from "../stanza/stanza-error.ts";
import { audienceOf, broadcast } from "./broadcast.ts";
import { CatchUp } from "./catch-up.ts";
import type { PresencePorts } from "./presence-ports.ts";
import { priorityOf } from "./priority.ts";

/** Availability a local client sends: broadcast and directed presence (RFC 6121 §4.2, §4.4 to §4.6). */
export class OutboundPresence {
  readonly #ports: PresencePorts;
  readonly #catchUp: CatchUp;

  constructor(ports: PresencePorts) {
    this.#ports = ports;
    this.#catchUp = new CatchUp(ports);
  }

  /** Presence without 'to': initial, subsequent or unavailable. */
  undirected(resource: ConnectedResource, presence: Presence, book: ContactBook): void {
    if (presence.type === "available") this.#announce(resource, presence, book);
    else if (presence.type === "unavailable") this.#withdraw(resource, presence, [resource]);
  }

  /** Presence with 'to', available or unavailable (RFC 6121 §4.6.3). */
  directed(resource: ConnectedResource, presence: Presence & { readonly to: Jid }, book: ContactBook): void {
    if (presence.type === "unavailable") resource.directed.delete(presence.to.toString());
    else if (!this.#isCovered(resource, presence.to, book) && !this.#remember(resource, presence.to)) {
      const reason: StanzaErrorReason = { type: "wait", condition: "resource-constraint" };
      resource.deliver(stanzaError(presence, reason).element);
      return;
    }
    this.#ports.router.route(presence);
  }

  /** The session is over: unavailable in the user's name (RFC 6121 §4.5.2). The resource is out of the directory already. */
  ended(resource: ConnectedResource): void {
    this.#withdraw(resource, makePresence({ type: "unavailable", from: resource.jid }), []);
  }

  #announce(resource: ConnectedResource, presence: Presence, book: ContactBook): void {
    const before = { isAvailable: resource.isAvailable, isReachable: isReachable(resource) };
    resource.presence = presence;
    resource.priority = priorityOf(presence.element);
    const { router, sessions } = this.#ports;
    broadcast(presence, { contacts: audienceOf(book), own: sessions.availableOf(resource.jid) }, router);
    if (!before.isAvailable) this.#catchUp.serve(resource, book);
    if (!before.isReachable && isReachable(resource)) this.#ports.reachable(resource);
  }

  /** `itself` is the resource where it still listens. */
  #withdraw(resource: ConnectedResource, presence: Presence, itself: readonly ConnectedResource[]): void {
    const { router, sessions, books } = this.#ports;
    const book = books.loaded(resource.jid.bare.toString());
    const wasAvailable = resource.isAvailable;
    const directed = [...resource.directed.values()];
    resource.presence = undefined;
    resource.priority = undefined;
    resource.directed.clear();
    if (book === undefined) return;
    const contacts = wasAvailable ? audienceOf(book) : [];
    const own = wasAvailable ? [...sessions.availableOf(resource.jid), ...itself] : [];
    broadcast(presence, { contacts, own }, router);
    const told = new Set(contacts.map(String));
    for (const to of directed) {
      if (!told.has(to.bare.toString()) && !book.blocked.blocks(to)) router.route(readdress(presence, { to }));
    }
  }

  /** True where the end of the presence session is broadcast to that entity anyway (RFC 6121 §4.6.3 rule 1). */
  #isCovered(resource: ConnectedResource, to: Jid, book: ContactBook): boolean {
    return resource.isAvailable && isSubscribedFrom(book.state(to.bare.toString()));
  }

  #remember(resource: ConnectedResource, to: Jid): boolean {
    const isFull = resource.directed.size >= this.#ports.limits().maxDirectedPresence;
    if (isFull && !resource.directed.has(to.toString())) return false;
    resource.directed.set(to.toString(), to);
    return true;
  }
}

function isReachable({ priority }: ConnectedResource): boolean {
  return priority !== undefined && priority >= 0;
}
