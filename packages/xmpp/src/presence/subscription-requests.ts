import type { BareJid } from "../address/jid.ts";
import type { BookChange, ContactBook } from "../roster/contact-book.ts";
import { contactJid } from "../roster/contact-jid.ts";
import { entryAfter, entryRemoved } from "../roster/entry-change.ts";
import type { OutsiderDecision } from "../roster/outsider-policy.ts";
import type { RosterEntry } from "../roster/roster-repository.ts";
import {
  inboundTransition,
  isPendingIn,
  isPendingOut,
  isSubscribedFrom,
  isSubscribedTo,
  outboundTransition,
  type PreApproval,
  type SubscriptionType,
  type Transition,
} from "../roster/subscription.ts";
import type { ConnectedResource } from "../router/connected-resource.ts";
import { makePresence, type Presence, readdress } from "../stanza/stanza.ts";
import { type StanzaErrorReason, stanzaError } from "../stanza/stanza-error.ts";
import { el, NS, serializeElement, withChildren } from "../xml/index.ts";
import { outsiderDecision } from "./outsiders.ts";
import { preApproval } from "./pre-approval.ts";
import type { PresencePorts } from "./presence-ports.ts";

/** A presence stanza that manages a subscription, with both addresses. */
export type SubscriptionStanza = Presence & {
  readonly type: SubscriptionType;
  readonly from: NonNullable<Presence["from"]>;
  readonly to: NonNullable<Presence["to"]>;
};

/** True for the four types of RFC 6121 §3. */
export function isSubscriptionStanza(presence: Presence): presence is SubscriptionStanza {
  const { type, from, to } = presence;
  if (from === undefined || to === undefined) return false;
  return type === "subscribe" || type === "subscribed" || type === "unsubscribe" || type === "unsubscribed";
}

/** Characters of a request that is kept whole; of a longer one only the head is (RFC 6121 §3.1.3, Security Warning). */
const REQUEST_CHARACTERS = 8192;

/** RFC 6121 §3: runs the subscription state machine; nobody is told of a change before it is durable. */
export class SubscriptionRequests {
  readonly #ports: PresencePorts;

  constructor(ports: PresencePorts) {
    this.#ports = ports;
  }

  /** A client's stanza (§3.1.2, §3.1.5, §3.2.2, §3.3.2, §3.4.2). `taken` once it was passed on or refused. */
  outbound(
    { resource, presence }: { readonly resource: ConnectedResource; readonly presence: SubscriptionStanza },
    book: ContactBook,
    taken: () => void,
  ): void {
    const stanza = readdress(presence, { from: presence.from.bare, to: presence.to.bare });
    if (this.#isForNobody(stanza)) {
      this.#ports.router.route(presence, taken);
      return;
    }
    const refusal = this.#refusal(stanza, book);
    if (refusal !== undefined) {
      resource.deliver(stanzaError(presence, refusal).element);
      taken();
      return;
    }
    const contact = stanza.to.bare;
    const entry = book.entry(contact.toString());
    const transition = outboundTransition(stanza.type, entry?.state ?? "none");
    const change = book.put(entryAfter(entry, contact.toString(), { transition }));
    const told = () => {
      this.#tellOutbound({ stanza, transition, change });
      taken();
    };
    change.durable.then(told, () => {
      resource.deliver(stanzaError(presence, { type: "wait", condition: "internal-server-error" }).element);
      taken();
    });
  }

  /** A contact's stanza, local or foreign, to a local account (§3.1.3, §3.1.6, §3.2.3, §3.3.3). */
  inbound(presence: SubscriptionStanza): void {
    const stanza = readdress(presence, { from: presence.from.bare, to: presence.to.bare });
    const user = stanza.to.toString();
    const failed = (error: unknown) =>
      this.#ports.log.error("subscription.not-saved", { user, type: stanza.type, error: String(error) });
    this.#ports.books.read(user, (book) => this.#receive(stanza, book, failed), failed);
  }

  /** As if the contact asked once more: whoever is allowed by now is told so. */
  asksAgain(book: ContactBook, contact: BareJid): void {
    const stanza = makePresence({ type: "subscribe", from: contact, to: contactJid(book.user) });
    if (isSubscriptionStanza(stanza)) this.inbound(stanza);
  }

  /** Whom the user no longer lets see her presence, without a word of it: he sees her leave. */
  shutOut(book: ContactBook, entry: RosterEntry): void {
    const change = book.put(entryRemoved(entry));
    const [user, contact] = [contactJid(book.user), contactJid(entry.jid)];
    const told = () => {
      this.#pushIfSeen(book.user, change);
      this.#hidePresence(user, contact);
    };
    change.durable.then(told, (error: unknown) =>
      this.#ports.log.error("subscription.not-saved", { user: book.user, error: String(error) }),
    );
  }

  /** The client removes a roster item (§2.5.2): both subscriptions end. The promise rejects if that was not saved. */
  async remove(book: ContactBook, entry: RosterEntry): Promise<void> {
    const change = book.put(entryRemoved(entry));
    await change.durable;
    const [from, to] = [contactJid(book.user), contactJid(entry.jid)];
    const { state } = entry;
    if (isSubscribedTo(state) || isPendingOut(state))
      this.#ports.router.route(makePresence({ type: "unsubscribe", from, to }));
    if (isSubscribedFrom(state)) this.#revoke(makePresence({ type: "unsubscribed", from, to }), from, to);
    this.#pushIfSeen(book.user, change);
  }

  /** The account goes: ends what its contacts were promised. */
  removeAll(book: ContactBook): void {
    const from = contactJid(book.user);
    for (const entry of book.entries()) {
      const to = contactJid(entry.jid);
      if (isSubscribedTo(entry.state) || isPendingOut(entry.state))
        this.#ports.router.route(makePresence({ type: "unsubscribe", from, to }));
      if (isSubscribedFrom(entry.state)) this.#revoke(makePresence({ type: "unsubscribed", from, to }), from, to);
    }
  }

  /** A relation with a domain nobody reaches is not begun: the router says why. */
  #isForNobody({ type, to: { domain } }: SubscriptionStanza): boolean {
    const { router } = this.#ports;
    return (type === "subscribe" || type === "subscribed") && !router.isLocal(domain) && !router.isForeign(domain);
  }

  #refusal({ type, from, to }: SubscriptionStanza, book: ContactBook): StanzaErrorReason | undefined {
    const { router, accounts, limits } = this.#ports;
    if (to.equals(from)) return { type: "cancel", condition: "not-allowed" };
    if (type !== "subscribe" && type !== "subscribed") return undefined;
    if (router.isLocal(to.domain) && (to.local === "" || !accounts.exists(to.bare)))
      return { type: "cancel", condition: "item-not-found" };
    const entry = book.entry(to.toString());
    if (type === "subscribed" && isPendingIn(entry?.state ?? "none") && this.#isWatchedEnough(book))
      return TOO_MANY_WATCHERS;
    if (entry?.kind === "item" || book.count("item") < limits().maxContactListSize) return undefined;
    return { type: "wait", condition: "resource-constraint", text: "The contact list is full." };
  }

  #tellOutbound(told: {
    readonly stanza: SubscriptionStanza;
    readonly transition: Transition;
    readonly change: BookChange;
  }): void {
    const { stanza, transition, change } = told;
    const [user, contact] = [stanza.from.bare, stanza.to.bare];
    const hadSeen = isSubscribedFrom(change.before?.state ?? "none");
    if (transition.stanza === "pass") {
      if (hadSeen && !isSubscribedFrom(transition.next)) this.#revoke(stanza, user, contact);
      else this.#ports.router.route(stanza);
    }
    this.#pushIfSeen(user.toString(), change);
    if (!hadSeen && isSubscribedFrom(transition.next)) this.#showPresence(user, contact);
  }

  #receive(stanza: SubscriptionStanza, book: ContactBook, failed: (error: unknown) => void): void {
    const contact = stanza.from.bare;
    if (book.blocked.blocks(contact)) return;
    const entry = book.entry(contact.toString());
    const standing = this.#standing(contact, book);
    if (stanza.type === "subscribe" && isNewWatcher(entry)) {
      if (standing.outsider === "block") return;
      if (this.#isWatchedEnough(book)) {
        this.#refuseWatcher(stanza);
        return;
      }
    }
    const transition = inboundTransition(stanza.type, entry?.state ?? "none", standing.approval);
    const step = { transition, request: asRequest(stanza), ...admissionAfter(entry, transition, standing.outsider) };
    const draft = entryAfter(entry, contact.toString(), step);
    if (draft.kind === "request" && entry?.kind !== "request" && this.#hasTooManyRequests(book)) return;
    const change = book.put(draft);
    change.durable.then(() => this.#tellInbound({ stanza, transition, change }), failed);
  }

  /** What the user decided beforehand on a contact, or on all of his domain. */
  #standing(contact: BareJid, book: ContactBook): Standing {
    const { router, federatedDomains, limits } = this.#ports;
    const origin = router.isLocal(contact.domain) ? "local" : "foreign";
    const outsider = origin === "local" ? "ask" : outsiderDecision(book, contact, federatedDomains);
    const approval = preApproval(book.entry(contact.toString()), { origin, policy: limits(), outsider });
    return { outsider, approval: this.#isWatchedEnough(book) ? "not-approved" : approval };
  }

  #tellInbound(told: {
    readonly stanza: SubscriptionStanza;
    readonly transition: Transition;
    readonly change: BookChange;
  }): void {
    const { stanza, transition, change } = told;
    const [user, contact] = [stanza.to.bare, stanza.from.bare];
    if (transition.stanza === "pass") this.#deliver(stanza, user);
    this.#pushIfSeen(user.toString(), change);
    const sawBefore = isSubscribedFrom(change.before?.state ?? "none");
    const seesNow = isSubscribedFrom(transition.next);
    if (sawBefore && !seesNow) this.#hidePresence(user, contact);
    if (transition.reply !== undefined) {
      const reply = { type: transition.reply, from: user, to: contact, id: stanza.id };
      this.#ports.router.route(makePresence(reply));
    }
    if (!sawBefore && seesNow) this.#showPresence(user, contact);
  }

  /** A request goes to available resources, all else to interested ones (§3.1, Implementation Note). */
  #deliver(stanza: SubscriptionStanza, user: BareJid): void {
    const { sessions } = this.#ports;
    const resources =
      stanza.type === "subscribe"
        ? sessions.availableOf(user)
        : sessions.of(user).filter(({ interests }) => interests.has("roster"));
    for (const resource of resources) resource.deliver(stanza.element);
  }

  #isWatchedEnough(book: ContactBook): boolean {
    return book.watchers >= this.#ports.limits().maxWatchers;
  }

  /** As if she had said no; the user does not hear of it. */
  #refuseWatcher({ from, to, id }: SubscriptionStanza): void {
    this.#ports.log.info("watcher.refused", { user: to.toString(), contact: from.toString() });
    const status = el("status", NS.client, {}, "This user has as many watchers as are allowed.");
    this.#ports.router.route(makePresence({ type: "unsubscribed", from: to, to: from, id }, status));
  }

  #hasTooManyRequests(book: ContactBook): boolean {
    if (book.count("request") < this.#ports.limits().maxSubscriptionRequests) return false;
    this.#ports.log.warn("subscription-request.dropped", { user: book.user });
    return true;
  }

  #pushIfSeen(user: string, { visibility, after }: BookChange): void {
    if (visibility === "push") this.#ports.push.toInterested(user, after);
  }

  /** §3.2.2 rule 3: unavailable goes before unsubscribed. */
  #revoke(unsubscribed: Presence, user: BareJid, contact: BareJid): void {
    this.#hidePresence(user, contact);
    this.#ports.router.route(unsubscribed);
  }

  #showPresence(user: BareJid, contact: BareJid): void {
    for (const { presence } of this.#ports.sessions.availableOf(user))
      if (presence !== undefined) this.#ports.router.route(readdress(presence, { to: contact }));
  }

  #hidePresence(user: BareJid, contact: BareJid): void {
    for (const { jid } of this.#ports.sessions.availableOf(user))
      this.#ports.router.route(makePresence({ type: "unavailable", from: jid, to: contact }));
  }
}

interface Standing {
  readonly outsider: OutsiderDecision | "ask";
  readonly approval: PreApproval;
}

const TOO_MANY_WATCHERS: StanzaErrorReason = {
  type: "wait",
  condition: "resource-constraint",
  text: "As many contacts see your presence as are allowed.",
};

/** True for one who neither sees the user's presence nor has asked. */
function isNewWatcher(entry: RosterEntry | undefined): boolean {
  const state = entry?.state ?? "none";
  return !isSubscribedFrom(state) && !isPendingIn(state);
}

/** He came in with his domain, and nobody said yes to him beforehand; or he did so earlier and is still in. */
function admissionAfter(
  entry: RosterEntry | undefined,
  transition: Transition,
  outsider: Standing["outsider"],
): Pick<RosterEntry, "admission"> {
  if (!isSubscribedFrom(transition.next)) return {};
  const { state = "none", admission, approval } = entry ?? {};
  if (isSubscribedFrom(state)) return admission === undefined ? {} : { admission };
  return outsider === "allow" && approval !== "pre-approved" ? { admission: "by-domain" } : {};
}

function asRequest({ element }: SubscriptionStanza): string {
  const whole = serializeElement(element);
  return whole.length <= REQUEST_CHARACTERS ? whole : serializeElement(withChildren(element, []));
}
