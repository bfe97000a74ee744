/** One message waiting for its recipient. JSON-able. */
export interface OfflineMessage {
  /** Ours, unguessable and unique. */
  readonly id: string;
  /** Milliseconds since 1970 at which it was stored: the delay stamp (XEP-0203). */
  readonly storedAt: number;
  /** The message stanza, serialized, namespace `jabber:client`. */
  readonly stanza: string;
}

/** How many messages one user may have waiting. */
export interface OfflineLimit {
  readonly messages: number;
  /** Characters of serialized stanzas. */
  readonly characters: number;
}

/** Where stored messages are kept, by the recipient's bare JID (XEP-0160). Writes settle when durable. */
export interface OfflineRepository {
  /** All messages of a user, oldest first. */
  load(user: string): Promise<readonly OfflineMessage[]>;
  /** Adds one at the end, unless the user's store would then exceed the limit: "full", and nothing is written. */
  append(user: string, message: OfflineMessage, limit: OfflineLimit): Promise<"stored" | "full">;
  /** Ids that are not there are no failure. */
  remove(user: string, ids: readonly string[]): Promise<void>;
  removeAll(user: string): Promise<void>;
}
