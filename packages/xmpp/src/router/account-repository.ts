/** What a server keeps of a password for one SCRAM mechanism (RFC 5802 §3); octets as base64. */
export interface StoredScramKeys {
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
}

/** One local user. JSON-able: `jid` is the bare JID as text, prepared (RFC 7622). */
export interface AccountRecord {
  readonly jid: string;
  readonly displayName?: string;
  /** The address in the company's mail domain, where that is used for federation. */
  readonly mailId?: string;
  /** A disabled account cannot log in; its roster and stored messages stay. */
  readonly enabled: boolean;
  readonly scram: { readonly sha1: StoredScramKeys; readonly sha256: StoredScramKeys };
}

/** Where accounts are kept. Writes settle when durable and reject when they could not be. */
export interface AccountRepository {
  load(): Promise<readonly AccountRecord[]>;
  /** Inserts, or replaces the account with the same `jid`. */
  put(account: AccountRecord): Promise<void>;
  /** Removes the account; one that is not there is no failure. */
  remove(jid: string): Promise<void>;
}
