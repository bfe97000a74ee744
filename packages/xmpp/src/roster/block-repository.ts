/** Where block lists (XEP-0191) are kept, by the user's bare JID; entries are JIDs as text, prepared. Writes settle when durable. */
export interface BlockRepository {
  load(user: string): Promise<readonly string[]>;
  add(user: string, jids: readonly string[]): Promise<void>;
  remove(user: string, jids: readonly string[]): Promise<void>;
  /** Empties the list: unblock all, or the account is gone. */
  removeAll(user: string): Promise<void>;
}
