/** Settings of the XMPP server: one snapshot, read at each use, so that a change is live at once. */
export interface XmppSettings {
  /** Roster items a user may have; more are refused with resource-constraint. */
  readonly maxContactListSize: number;
  /** Contacts, local and foreign, that may see a user's presence; more are refused. */
  readonly maxWatchers: number;
  /** Open subscription requests kept for a user (RFC 6121 §3.1.3); more are dropped. */
  readonly maxSubscriptionRequests: number;
  /** "automatic": requests of local users are granted without asking (RFC 6121 §3.1.3 rule 1 c); foreign ones never. */
  readonly subscriptionApproval: "ask" | "automatic";
  /** Sessions a user may have at once. */
  readonly maxResources: number;
  /** Entities one session may have sent directed presence to (RFC 6121 §4.6). */
  readonly maxDirectedPresence: number;
  /** JIDs a user may block (XEP-0191). */
  readonly maxBlocked: number;
  /** Stored messages of one user (XEP-0160), and the characters they may have together. */
  readonly maxOfflineMessages: number;
  readonly maxOfflineCharacters: number;
  /** Seconds a message of a foreign sender waits for a client's acknowledgement before it is stored; below 32 (SIP's Timer F). */
  readonly foreignAcknowledgementSeconds: number;
  /** The same for a local sender, whose own acknowledgement waits meanwhile. */
  readonly localAcknowledgementSeconds: number;
}

export const defaultXmppSettings: XmppSettings = {
  maxContactListSize: 1000,
  maxWatchers: 1000,
  maxSubscriptionRequests: 200,
  subscriptionApproval: "ask",
  maxResources: 16,
  maxDirectedPresence: 200,
  maxBlocked: 1000,
  maxOfflineMessages: 500,
  maxOfflineCharacters: 4_000_000,
  foreignAcknowledgementSeconds: 25,
  localAcknowledgementSeconds: 5,
};

/** Contact books kept in memory for users without a session. */
export const IDLE_BOOKS = 5000;
