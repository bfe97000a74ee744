import type { BareJid } from "../address/jid.ts";
import { makeBare } from "../address/jid.ts";
import type { ForeignGateway } from "../router/gateway-domain.ts";
import type { DeliveryOutcome, LocalDomain, RosterVerdict } from "../router/local-domain.ts";
import type { Iq, Message, Presence, Stanza } from "../stanza/stanza.ts";
import { AttachedDomain } from "./attached-domain.ts";
import type { LinkPorts, LinkStanding } from "./component-link.ts";

/** A server whose users we federate for, as its external component (XEP-0114). Domains are prepared. */
export interface Attachment {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  /** Those whose users the server serves; no other attachment's, and none of our own. */
  readonly localDomains: readonly string[];
  /** Foreign domains that it reaches through us; one connection each. */
  readonly components: readonly string[];
}

/** A link as administrators see it. */
export interface AttachmentLink {
  readonly attachment: string;
  readonly host: string;
  readonly component: string;
  readonly standing: LinkStanding;
}

/** What the gateway has to know of attached servers beside what `LocalDomain` answers. */
export interface AttachedUsersListener {
  /** The server of these users is there (again), as far as contacts of this foreign domain go. */
  usersReturned(isMeant: (user: BareJid, contact: BareJid) => boolean): void;
  /** The attachment ends: its users are not ours to speak for. To be called while they can still be told. */
  usersWithdrawn(isMeant: (user: BareJid, contact: BareJid) => boolean): void;
  /** A user's presence towards that contact is not known any more. */
  presenceLost(user: BareJid, contact: BareJid): void;
}

export interface AttachmentsPorts extends LinkPorts {
  readonly gateway: () => ForeignGateway & AttachedUsersListener;
  /** Told of a stanza that an attached server passed on for somebody else. */
  readonly foreignSender: (stanza: Stanza) => void;
}

const NO_WAY: DeliveryOutcome = {
  kind: "refused",
  type: "wait",
  condition: "recipient-unavailable",
  text: "Her server is not attached for this domain",
};

/** The attached servers: the second face of `LocalDomain`, whose accounts, rosters and sessions are somebody else's. */
export class Attachments implements LocalDomain {
  readonly #ports: AttachmentsPorts;
  #attachments: readonly Attachment[] = [];
  #domains: readonly Attached[] = [];
  #localDomains: ReadonlySet<string> = new Set();
  #isRunning = false;

  constructor(ports: AttachmentsPorts) {
    this.#ports = ports;
  }

  get links(): readonly AttachmentLink[] {
    return this.#domains.map(({ attachment: { name, host }, component, domain }) => ({
      attachment: name,
      host,
      component,
      standing: domain.standing,
    }));
  }

  start(): void {
    this.#isRunning = true;
    for (const { domain } of this.#domains) domain.start();
  }

  /** Closes the links after what was sent on them. */
  stop(): void {
    this.#isRunning = false;
    for (const { domain } of this.#domains) domain.stop();
    // What a link learnt ends with it.
    this.#domains = [];
    this.apply(this.#attachments);
  }

  /** The attachments from now on; links that stay as they are are not touched. */
  apply(attachments: readonly Attachment[]): void {
    this.#attachments = attachments;
    const wanted = new Map<string, Omit<Attached, "domain">>();
    for (const attachment of attachments)
      for (const component of attachment.components)
        wanted.set(keyOf(attachment, component), { key: keyOf(attachment, component), attachment, component });
    const kept = this.#domains.filter(({ key }) => wanted.has(key));
    const gone = this.#domains.filter(({ key }) => !wanted.has(key));
    for (const each of gone) this.#remove(each);
    const known = new Set(kept.map(({ key }) => key));
    const added = [...wanted.values()].filter(({ key }) => !known.has(key)).flatMap((each) => this.#make(each) ?? []);
    for (const each of added) {
      const before = gone.find((other) => isSuccessor(each, other));
      if (before !== undefined) each.domain.succeed(before.domain);
    }
    this.#domains = [...kept, ...added];
    this.#localDomains = new Set(attachments.flatMap(({ localDomains }) => localDomains));
    if (this.#isRunning) for (const { domain } of added) domain.start();
  }

  isLocalDomain(domain: string): boolean {
    return this.#localDomains.has(domain);
  }

  /** Only her server knows; it says so by an error. */
  accountExists(user: BareJid): boolean {
    return user.local !== "" && this.isLocalDomain(user.domain);
  }

  accountEnabled(): boolean {
    return true;
  }

  deliver(message: Message, settled: (outcome: DeliveryOutcome) => void): void {
    const domain = this.#between(message.to?.bare, message.from?.bare);
    if (domain === undefined) settled(NO_WAY);
    else domain.deliver(message, settled);
  }

  presence(presence: Presence): void {
    this.#between(presence.to?.bare, presence.from?.bare)?.pass(presence);
  }

  iq(iq: Iq): void {
    this.#between(iq.to?.bare, iq.from?.bare)?.pass(iq);
  }

  availability(user: BareJid, contact: BareJid): readonly Presence[] {
    return this.#between(user, contact)?.availability(user, contact) ?? [];
  }

  isLooking(user: BareJid, contact: BareJid): boolean {
    return this.#between(user, contact)?.isLooking(user, contact) ?? false;
  }

  async mayWatch(contact: BareJid, user: BareJid): Promise<RosterVerdict> {
    return this.#between(user, contact)?.verdict(contact, user) ?? "unreachable";
  }

  async knownAs(user: BareJid, contacts: readonly BareJid[]): Promise<BareJid | undefined> {
    return contacts.find((contact) => this.#between(user, contact)?.verdict(contact, user) === "granted");
  }

  /** A server probes only for those it has in a roster (RFC 6121 §4.3.1), and her server's probe is what this is asked for. */
  async isWatching(user: BareJid, contact: BareJid): Promise<boolean> {
    return this.#between(user, contact) !== undefined;
  }

  #between(user: BareJid | undefined, contact: BareJid | undefined): AttachedDomain | undefined {
    if (user === undefined || contact === undefined) return undefined;
    return this.#domains.find(
      ({ attachment, component }) => component === contact.domain && attachment.localDomains.includes(user.domain),
    )?.domain;
  }

  #make({ key, attachment, component }: Omit<Attached, "domain">): Attached | undefined {
    const { host, port, secret, localDomains } = attachment;
    const [first, ...others] = localDomains;
    const own = makeBare(undefined, component);
    const server = first === undefined ? undefined : makeBare(undefined, first);
    if (first === undefined || own === undefined || server === undefined) return undefined;
    const isMeant = meantBy(attachment, component);
    const domain = new AttachedDomain(
      {
        address: { host, port, component, secret },
        localDomains: [first, ...others],
        component: own,
        host: server,
        gateway: this.#ports.gateway(),
        owner: {
          up: () => this.#ports.gateway().usersReturned(isMeant),
          presenceLost: (user, contact) => this.#ports.gateway().presenceLost(user, contact),
          foreignSender: (stanza) => this.#ports.foreignSender(stanza),
        },
      },
      this.#ports,
    );
    return { key, attachment, component, domain };
  }

  /** Only who is served by no attachment any more is taken leave of: another secret or host ends no dialog. */
  #remove({ attachment, component, domain }: Attached): void {
    const wasMeant = meantBy(attachment, component);
    const isServed = this.#attachments
      .filter(({ components }) => components.includes(component))
      .map((each) => meantBy(each, component));
    this.#ports
      .gateway()
      .usersWithdrawn(
        (user, contact) => wasMeant(user, contact) && !isServed.some((isMeant) => isMeant(user, contact)),
      );
    domain.stop();
  }
}

interface Attached {
  readonly key: string;
  readonly attachment: Attachment;
  readonly component: string;
  readonly domain: AttachedDomain;
}

function meantBy({ localDomains }: Attachment, component: string) {
  return (user: BareJid, contact: BareJid): boolean =>
    contact.domain === component && localDomains.includes(user.domain);
}

/** The same component of the same attachment, by another link. */
function isSuccessor(next: Attached, before: Attached): boolean {
  return next.attachment.name === before.attachment.name && next.component === before.component;
}

/** Everything a link depends on: with another of these it is another link. */
function keyOf({ name, host, port, secret, localDomains }: Attachment, component: string): string {
  return JSON.stringify([name, host, port, secret, localDomains, component]);
}
