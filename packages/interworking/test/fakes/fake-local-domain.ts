import {
  type BareJid,
  type DeliveryOutcome,
  type Iq,
  type LocalDomain,
  type Message,
  makePresence,
  type Presence,
  parseBareJid,
  type RosterVerdict,
} from "@interpres/xmpp";
import { type Element, el, serializeElement, withChildren } from "@interpres/xmpp/xml";

/** A bare JID a test wrote itself. */
export function jid(text: string): BareJid {
  const parsed = parseBareJid(text);
  if (parsed === undefined) throw new Error(`no JID: ${text}`);
  return parsed;
}

/** Local accounts in memory: what they were sent, and what the test says of them. */
export class FakeLocalDomain implements LocalDomain {
  readonly domains = new Set(["example.com"]);
  readonly accounts = new Set(["alice@example.com", "carol@example.com"]);
  readonly disabled = new Set<string>();
  readonly messages: Message[] = [];
  readonly presences: Presence[] = [];
  readonly iqs: Iq[] = [];
  readonly verdicts = new Map<string, RosterVerdict>();
  readonly rosters = new Map<string, readonly BareJid[]>();
  readonly available = new Map<string, readonly Presence[]>();
  outcome: DeliveryOutcome | "held" = { kind: "delivered" };
  readonly held: ((outcome: DeliveryOutcome) => void)[] = [];

  isLocalDomain(domain: string): boolean {
    return this.domains.has(domain);
  }

  accountExists(user: BareJid): boolean {
    return this.accounts.has(user.toString());
  }

  accountEnabled(user: BareJid): boolean {
    return !this.disabled.has(user.toString());
  }

  deliver(message: Message, settled: (outcome: DeliveryOutcome) => void): void {
    this.messages.push(message);
    if (this.outcome === "held") this.held.push(settled);
    else settled(this.outcome);
  }

  presence(presence: Presence): void {
    this.presences.push(presence);
  }

  iq(iq: Iq): void {
    this.iqs.push(iq);
  }

  availability(user: BareJid): readonly Presence[] {
    return this.available.get(user.toString()) ?? [];
  }

  mayWatch(contact: BareJid, user: BareJid): Promise<RosterVerdict> {
    return Promise.resolve(this.verdicts.get(`${contact} ${user}`) ?? "none");
  }

  knownAs(user: BareJid, contacts: readonly BareJid[]): Promise<BareJid | undefined> {
    const roster = this.rosters.get(user.toString()) ?? [];
    return Promise.resolve(contacts.find((contact) => roster.some((known) => known.equals(contact))));
  }

  isLooking(user: BareJid): boolean {
    return this.availability(user).length > 0;
  }

  isWatching(user: BareJid, contact: BareJid): Promise<boolean> {
    const roster = this.rosters.get(user.toString()) ?? [];
    return Promise.resolve(roster.some((known) => known.equals(contact)));
  }

  /** Signs a resource in, or changes its presence. */
  signIn(full: string, ...children: readonly Element[]): Presence {
    const [bare = "", resource = ""] = full.split("/");
    const from = jid(bare).withResource(resource);
    const presence = makePresence({ type: "available", from }, ...children);
    const others = (this.available.get(bare) ?? []).filter((other) => other.from?.toString() !== full);
    this.available.set(bare, [...others, presence]);
    return presence;
  }

  signOut(full: string): Presence {
    const [bare = "", resource = ""] = full.split("/");
    const others = (this.available.get(bare) ?? []).filter((other) => other.from?.toString() !== full);
    this.available.set(bare, others);
    return makePresence({ type: "unavailable", from: jid(bare).withResource(resource) });
  }

  /** Presence stanzas told to local users since the last call, as `type from to`, their content after it. */
  told(): readonly string[] {
    return this.presences.splice(0).map(({ type, from, to, element }) => {
      const content = withoutTrail(element).children.map((node) =>
        typeof node === "string" ? node : serializeElement(node, "jabber:client"),
      );
      return [type, from, to, ...content].join(" ");
    });
  }
}

/** A stanza without the marker against loops, which says something else each second. */
export function withoutTrail(stanza: Element): Element {
  return withChildren(
    stanza,
    stanza.children.filter((node) => typeof node === "string" || node.name !== "trail"),
  );
}

/** `<show/>` of a test. */
export function show(value: string): Element {
  return el("show", "jabber:client", {}, value);
}

/** `<status/>` of a test. */
export function status(value: string): Element {
  return el("status", "jabber:client", {}, value);
}
