/** What a server keeps of a password for one SCRAM mechanism (RFC 5802 §3); octets as base64. */
export interface StoredScramKeys {
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
}

/** Where an account comes from that was not added here: an entry of a directory, which keeps the password too. */
export interface DirectoryOrigin {
  /** What the directory knows the entry by for ever; its name may change. */
  readonly key: string;
  /** Its distinguished name (RFC 4514) when last seen. */
  readonly dn: string;
  /** Milliseconds since 1970 at which the entry was missed; absent while it is there. */
  readonly vanishedAt?: number;
  /** Present where the directory is why the account is disabled: an administrator's own decision is left alone. */
  readonly disabledBy?: "directory";
}

/** One local user. JSON-able: `jid` is the bare JID as text, prepared (RFC 7622). */
export interface AccountRecord {
  readonly jid: string;
  readonly displayName?: string;
  /** The address in the company's mail domain, where that is used for federation. */
  readonly mailId?: string;
  /** A disabled account cannot log in and gets no messages; its roster and stored messages stay. */
  readonly enabled: boolean;
  /** Absent where the password is kept by the directory. */
  readonly scram?: { readonly sha1: StoredScramKeys; readonly sha256: StoredScramKeys };
  /** Absent for an account added here. */
  readonly origin?: DirectoryOrigin;
  /** The node the user is assigned to; absent: none in particular. */
  readonly node?: string;
}

/** Where accounts are kept. Writes settle when durable and reject when they could not be. */
export interface AccountRepository {
  load(): Promise<readonly AccountRecord[]>;
  /** Inserts, or replaces the account with the same `jid`. */
  put(account: AccountRecord): Promise<void>;
  /** Removes the account; one that is not there is no failure. */
  remove(jid: string): Promise<void>;
}
