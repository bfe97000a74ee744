import type { BareJid } from "../address/jid.ts";
import type { Iq, Message, Presence } from "../stanza/stanza.ts";
import type { StanzaErrorCondition, StanzaErrorType } from "../stanza/stanza-error.ts";

/** What became of a message for a local user. */
export type DeliveryOutcome =
  /** At least one client has it: acknowledged (XEP-0198), or written to one without stream management. */
  | { readonly kind: "delivered" }
  /** Accepted without that proof: durable in the offline store, or of a kind nobody keeps (chat state, headline). */
  | { readonly kind: "stored" }
  | {
      readonly kind: "refused";
      readonly type: StanzaErrorType;
      readonly condition: StanzaErrorCondition;
      readonly text?: string;
    };

/**
 * What a user's roster and block list say of a foreign watcher. "approved": she said yes beforehand (RFC 6121 §3.4), and a
 * request of his will be granted without asking her. "full": he would be one watcher more than a user may have. Of a roster
 * that another server keeps: "undecided": it has not said yet, what it said before stands; "unreachable": nor can it be asked.
 */
export type RosterVerdict =
  | "granted"
  | "approved"
  | "pending"
  | "none"
  | "blocked"
  | "full"
  | "undecided"
  | "unreachable";

/**
 * The local accounts as the gateway sees them: our own, or those of servers we are attached to as components. `from` of
 * every stanza given here is a foreign address.
 */
export interface LocalDomain {
  isLocalDomain(domain: string): boolean;
  /** Whether there is such an account, enabled or not. Answered from memory. */
  accountExists(user: BareJid): boolean;
  /** Whether the account may be used; true also where there is none. */
  accountEnabled(user: BareJid): boolean;
  /** Delivers by RFC 6121 §8.5; `settled` is called once, within the acknowledgement wait of the settings. */
  deliver(message: Message, settled: (outcome: DeliveryOutcome) => void): void;
  /** Subscription, availability, probe or error from a foreign user (RFC 6121 §3, §4). */
  presence(presence: Presence): void;
  /** An IQ from a foreign user; the answer goes to `ForeignGateway.iq`. */
  iq(iq: Iq): void;
  /**
   * The latest presence of each available resource, as that contact may see it if he may at all; empty is offline. `from`
   * is the full JID.
   */
  availability(user: BareJid, contact: BareJid): readonly Presence[];
  /** Whether somebody may be there to see that contact's presence; true in doubt. */
  isLooking(user: BareJid, contact: BareJid): boolean;
  /** "none" also where the account does not exist. */
  mayWatch(contact: BareJid, user: BareJid): Promise<RosterVerdict>;
  /** The first of these JIDs that stands in the user's roster or block list; undefined where she knows none of them. */
  knownAs(user: BareJid, contacts: readonly BareJid[]): Promise<BareJid | undefined>;
  /** Whether the user is subscribed to the contact (to, both) or has asked to be, and does not block him. */
  isWatching(user: BareJid, contact: BareJid): Promise<boolean>;
}
