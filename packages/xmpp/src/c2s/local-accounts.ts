import type { BareJid } from "../address/jid.ts";
import { isAddressed, type MessageDelivery } from "../messaging/delivery.ts";
import type { InboundPresence } from "../presence/inbound-presence.ts";
import { outsiderDecision } from "../presence/outsiders.ts";
import type { ContactBook } from "../roster/contact-book.ts";
import type { ContactBooks } from "../roster/contact-books.ts";
import type { FederatedDomains } from "../roster/federated-domains.ts";
import { isPendingIn, isPendingOut, isSubscribedFrom, isSubscribedTo } from "../roster/subscription.ts";
import type { AccountDirectory } from "../router/account-directory.ts";
import type { DeliveryOutcome, LocalDomain, RosterVerdict } from "../router/local-domain.ts";
import type { Router } from "../router/router.ts";
import type { SessionDirectory } from "../router/session-directory.ts";
import type { Iq, Message, Presence, Stanza } from "../stanza/stanza.ts";
import type { IqDelivery } from "./iq-delivery.ts";

export interface LocalAccountsPorts {
  readonly accounts: AccountDirectory;
  readonly sessions: SessionDirectory;
  readonly books: ContactBooks;
  readonly router: Router;
  readonly delivery: MessageDelivery;
  readonly presence: InboundPresence;
  readonly iqs: IqDelivery;
  readonly federatedDomains: FederatedDomains;
  readonly maxWatchers: () => number;
}

const NOT_FROM_THERE: DeliveryOutcome = { kind: "refused", type: "auth", condition: "forbidden" };

/** The local accounts as the gateway sees them: what it passes on comes from abroad, or is dropped. */
export class LocalAccounts implements LocalDomain {
  readonly #ports: LocalAccountsPorts;

  constructor(ports: LocalAccountsPorts) {
    this.#ports = ports;
  }

  isLocalDomain(domain: string): boolean {
    return this.#ports.router.isLocal(domain);
  }

  accountExists(user: BareJid): boolean {
    return this.#ports.accounts.exists(user);
  }

  accountEnabled(user: BareJid): boolean {
    return this.#ports.accounts.find(user)?.enabled !== false;
  }

  deliver(message: Message, settled: (outcome: DeliveryOutcome) => void): void {
    if (isAddressed(message) && this.#isFromAbroad(message)) this.#ports.delivery.deliver(message, "foreign", settled);
    else settled(NOT_FROM_THERE);
  }

  presence(presence: Presence): void {
    if (this.#isFromAbroad(presence)) this.#ports.presence.receive(presence);
  }

  iq(iq: Iq): void {
    if (this.#isFromAbroad(iq)) this.#ports.iqs.receive(iq);
  }

  availability(user: BareJid): readonly Presence[] {
    return this.#ports.sessions.of(user).flatMap(({ presence }) => (presence === undefined ? [] : [presence]));
  }

  async mayWatch(contact: BareJid, user: BareJid): Promise<RosterVerdict> {
    if (!this.accountExists(user)) return "none";
    const book = await this.#book(user);
    // What is being written is not promised yet: it might be taken back.
    await new Promise<void>((resolve) => book.afterWrites(resolve));
    if (book.blocked.blocks(contact)) return "blocked";
    const state = book.state(contact.toString());
    if (isSubscribedFrom(state)) return "granted";
    const decision = outsiderDecision(book, contact, this.#ports.federatedDomains);
    if (decision === "block") return "blocked";
    const isFull = book.watchers >= this.#ports.maxWatchers();
    if (decision === "allow" && !isFull) return "approved";
    if (isPendingIn(state)) return "pending";
    if (isFull) return "full";
    return book.entry(contact.toString())?.approval === "pre-approved" ? "approved" : "none";
  }

  async knownAs(user: BareJid, contacts: readonly BareJid[]): Promise<BareJid | undefined> {
    if (!this.accountExists(user)) return undefined;
    const book = await this.#book(user);
    return contacts.find((contact) => {
      const kind = book.entry(contact.toString())?.kind;
      return kind === "item" || kind === "request" || book.blocked.blocks(contact);
    });
  }

  isLooking(user: BareJid): boolean {
    return this.availability(user).length > 0;
  }

  async isWatching(user: BareJid, contact: BareJid): Promise<boolean> {
    if (!this.accountExists(user) || this.isLocalDomain(contact.domain)) return false;
    const book = await this.#book(user);
    const state = book.state(contact.toString());
    return (isSubscribedTo(state) || isPendingOut(state)) && !book.blocked.blocks(contact);
  }

  #book(user: BareJid): Promise<ContactBook> {
    return new Promise((resolve, reject) => this.#ports.books.read(user.toString(), resolve, reject));
  }

  /** A local `from` out there is forged. */
  #isFromAbroad({ from }: Stanza): boolean {
    return from !== undefined && !this.isLocalDomain(from.domain);
  }
}
