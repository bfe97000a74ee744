import type { BareJid } from "../address/jid.ts";
import type { Iq, Message, Presence, Stanza } from "../stanza/stanza.ts";

/** Stanzas for foreign domains leave here: implemented by interworking. Every call is synchronous and never throws. */
export interface ForeignGateway {
  /** Whether the domain is reached through the gateway; answered from a snapshot. */
  takes(domain: string): boolean;
  /** A stanza for a domain that nobody takes: `answer` is called once with what to tell its sender, at once or later. */
  refuse(stanza: Stanza, answer: (text: string) => void): void;
  /**
   * A message to a foreign user, `from` a local full JID. `taken` is to be called once it is safe (journalled or
   * finished); an error stanza may come back through `Router.route` later. Order per pair is the order of the calls.
   */
  message(message: Message, taken: () => void): void;
  /**
   * To a foreign bare or full JID. Subscription stanzas and probes come from the bare JID, and a subscription is already
   * durable; available and unavailable come from the full JID, once per contact and change: `LocalDomain.availability`
   * has the whole picture.
   */
  presence(presence: Presence): void;
  iq(iq: Iq): void;
  /** What the user allows people of a domain, or those she blocks, changed: her watchers' dialogs follow. */
  permissionsChanged(user: BareJid): void;
}
