import type { SubscriptionState } from "./subscription.ts";

/** What is known of one contact: roster item, subscription state, open request. JSON-able; `jid` bare and prepared. */
export interface RosterEntry {
  readonly jid: string;
  /** "item": part of the roster; "request": only a request is open (RFC 6121 §3.1.3); "gone": kept for versioning (§2.6). */
  readonly kind: "item" | "request" | "gone";
  readonly state: SubscriptionState;
  readonly approval: "pre-approved" | "not-approved";
  readonly name?: string;
  /** He sees the user's presence because she allows all people of his domain, not because she said yes to him. */
  readonly admission?: "by-domain";
  readonly groups: readonly string[];
  /** The open inbound request as it came: serialized XML of the whole stanza (RFC 6121 §3.1.3). */
  readonly request?: string;
  /** The roster's version at the last change of this entry that a client could see. */
  readonly version: number;
}

/** A user's roster as it is stored. */
export interface StoredRoster {
  readonly version: number;
  /** Changes up to this version may have been forgotten: a client with an older one gets the whole roster. */
  readonly floor: number;
  readonly entries: readonly RosterEntry[];
}

/** One change; all of it becomes durable together. */
export interface RosterChange {
  readonly version: number;
  readonly floor: number;
  /** Inserted, or put in the place of the entry with the same `jid`. */
  readonly put: RosterEntry;
  /** Bare JIDs whose entries are removed. */
  readonly drop: readonly string[];
}

/** Where rosters are kept, by the user's bare JID. Writes settle when durable, in the order they were asked for. */
export interface RosterRepository {
  /** Undefined where the user never had one. */
  load(user: string): Promise<StoredRoster | undefined>;
  save(user: string, change: RosterChange): Promise<void>;
  /** Forgets the whole roster of a removed account. */
  removeAll(user: string): Promise<void>;
}
