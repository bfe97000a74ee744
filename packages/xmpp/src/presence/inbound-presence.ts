import type { Jid } from "../address/jid.ts";
import type { ContactBook } from "../roster/contact-book.ts";
import { isSubscribedFrom } from "../roster/subscription.ts";
import type { ConnectedResource } from "../router/connected-resource.ts";
import { makePresence, type Presence, readdress } from "../stanza/stanza.ts";
import type { PresencePorts } from "./presence-ports.ts";
import { isSubscriptionStanza, type SubscriptionRequests } from "./subscription-requests.ts";

/** Presence for a local account, from a local user or a foreign one (RFC 6121 §4.2.3, §4.3.2, §8.5). */
export class InboundPresence {
  readonly #ports: PresencePorts;
  readonly #requests: SubscriptionRequests;

  constructor(ports: PresencePorts, requests: SubscriptionRequests) {
    this.#ports = ports;
    this.#requests = requests;
  }

  /** `from` is proven. For an account that does not exist nothing happens (§8.5.1). */
  receive(presence: Presence): void {
    const { from, to } = presence;
    if (from === undefined || to === undefined || !this.#ports.accounts.exists(to.bare)) return;
    if (isSubscriptionStanza(presence)) this.#requests.inbound(presence);
    else if (presence.type === "probe") this.#probe({ from, to, id: presence.id });
    else this.#notify(presence, from, to);
  }

  /** Available, unavailable or error: to the resource named, or to all that are available (§8.5.2.1.2, §8.5.3.1). */
  #notify(presence: Presence, from: Jid, to: Jid): void {
    const { sessions, books } = this.#ports;
    const resources = to.kind === "full" ? only(sessions.find(to)) : sessions.availableOf(to);
    const book = books.loaded(to.bare.toString());
    if (resources.length === 0 || book === undefined || book.blocked.blocks(from)) return;
    // Presence that follows an approval must not overtake it.
    book.afterWrites(() => {
      if (presence.type === "unavailable") forget(sessions.of(to), from);
      for (const resource of resources) resource.deliver(presence.element);
    });
  }

  #probe(probe: Probe): void {
    const user = probe.to.bare.toString();
    const failed = (error: unknown) => this.#ports.log.error("probe.not-answered", { user, error: String(error) });
    this.#ports.books.read(user, (book) => this.#answer(probe, book), failed);
  }

  /** §4.3.2; who only got directed presence learns no more than that (§4.6.6). */
  #answer(probe: Probe, book: ContactBook): void {
    const { from, to, id } = probe;
    if (book.blocked.blocks(from)) return;
    const { router, sessions } = this.#ports;
    const resources = sessions.of(to).filter(({ jid }) => to.kind === "bare" || jid.equals(to));
    const isContact = from.bare.equals(to.bare) || isSubscribedFrom(book.state(from.bare.toString()));
    const shown = isContact ? resources.filter(({ isAvailable }) => isAvailable) : resources.filter(isDirectedAt(from));
    if (shown.length === 0) {
      const type = isContact ? "unavailable" : "unsubscribed";
      router.route(makePresence({ type, from: to.bare, to: from, id }));
      return;
    }
    for (const resource of shown) router.route(this.#shown(resource, { probe, isContact }));
  }

  /** The full presence for a contact who asks for the account, for others that the resource is there. */
  #shown(
    resource: ConnectedResource,
    { probe, isContact }: { readonly probe: Probe; readonly isContact: boolean },
  ): Presence {
    const { from, to } = probe;
    if (!isContact || to.kind === "full" || resource.presence === undefined)
      return makePresence({ type: "available", from: resource.jid, to: from });
    return readdress(resource.presence, { to: from });
  }
}

interface Probe {
  readonly from: Jid;
  readonly to: Jid;
  readonly id: string | undefined;
}

function only<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

/** §4.6.1: who went away needs no word of our going. */
function forget(resources: readonly ConnectedResource[], from: Jid): void {
  for (const { directed } of resources) directed.delete(from.toString());
}

function isDirectedAt(watcher: Jid): (resource: ConnectedResource) => boolean {
  const [full, bare]: readonly [string, string] = [watcher.toString(), watcher.bare.toString()];
  return ({ directed }) => directed.has(full) || directed.has(bare);
}
