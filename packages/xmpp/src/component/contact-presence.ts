import { Tally } from "@interpres/runtime";
import type { BareJid, Jid } from "../address/jid.ts";
import type { Presence } from "../stanza/stanza.ts";

/** Pairs of a user and a contact, all of them and of one user: presence sent to made-up addresses shuts out nobody else. */
const PAIRS = { maximum: 200_000, maximumOfOne: 5000 };
const MAX_RESOURCES = 20;

/** What the user's server lets one contact see. */
interface Pair {
  readonly user: BareJid;
  readonly contact: BareJid;
  /** By full JID of the user's resource. */
  readonly resources: Map<string, Presence>;
  /** Resources of the time before the link was lost, of which nothing has been heard since. */
  readonly stale: Set<string>;
}

/**
 * What an attached server told foreign contacts of its users: whom they let watch them, and how they are. Its rosters are
 * its own; nothing is known here that it did not send to that very contact, and nothing survives the process.
 */
export class ContactPresence {
  readonly #pairs = new Map<string, Pair>();
  readonly #tally = new Tally(PAIRS);

  /** True where the contact is known to be let watch the user. */
  isGranted(user: BareJid, contact: BareJid): boolean {
    return this.#pairs.has(keyOf(user, contact));
  }

  /** The contact's own view; empty is offline, or nothing known. */
  of(user: BareJid, contact: BareJid): readonly Presence[] {
    return [...(this.#pairs.get(keyOf(user, contact))?.resources.values() ?? [])];
  }

  /** `subscribed`. */
  granted(user: BareJid, contact: BareJid): void {
    this.#pair(user, contact);
  }

  /** `unsubscribed`. */
  denied(user: BareJid, contact: BareJid): void {
    if (this.#pairs.delete(keyOf(user, contact))) this.#tally.leave(user.toString());
  }

  /** Availability sent to the contact; what a server shows him it lets him see. */
  available(presence: Presence, from: Jid, contact: BareJid): void {
    const pair = this.#pair(from.bare, contact);
    const resource = from.toString();
    pair?.stale.delete(resource);
    if (pair === undefined || (pair.resources.size >= MAX_RESOURCES && !pair.resources.has(resource))) return;
    pair.resources.set(resource, presence);
  }

  /** Of a bare JID: no resource is left (RFC 6121 §4.3.2.1). */
  unavailable(from: Jid, contact: BareJid): void {
    const pair = this.#pairs.get(keyOf(from.bare, contact));
    if (from.kind === "full") pair?.resources.delete(from.toString());
    else pair?.resources.clear();
  }

  /** The link is lost: from here on each of them has to be heard of again. */
  doubt(): void {
    for (const { resources, stale } of this.#pairs.values())
      for (const resource of resources.keys()) stale.add(resource);
  }

  /** Forgets the resources that have not been heard of since `doubt`. Answers the pairs which that changes. */
  forgetDoubtful(): readonly { readonly user: BareJid; readonly contact: BareJid }[] {
    const changed: Pair[] = [];
    for (const pair of this.#pairs.values()) {
      if (pair.stale.size === 0) continue;
      for (const resource of pair.stale) pair.resources.delete(resource);
      pair.stale.clear();
      changed.push(pair);
    }
    return changed;
  }

  #pair(user: BareJid, contact: BareJid): Pair | undefined {
    const key = keyOf(user, contact);
    const known = this.#pairs.get(key);
    if (known !== undefined || this.#tally.enter(user.toString()) === "full") return known;
    const pair = { user, contact, resources: new Map(), stale: new Set<string>() };
    this.#pairs.set(key, pair);
    return pair;
  }
}

function keyOf(user: BareJid, contact: BareJid): string {
  return `${user} ${contact}`;
}
