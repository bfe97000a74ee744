import type { DirectorySettings } from "@interpres/admin-api";

/** One entry of the directory, with the attributes that were asked for; their names in lower case. */
export interface DirectoryEntry {
  /** Distinguished name (RFC 4514), as the directory writes it. */
  readonly dn: string;
  /** What never changes as long as the entry lives; octets that are no text as hexadecimal digits. */
  readonly key: string | undefined;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

/** What a directory can be asked with. */
export interface DirectoryAccess {
  readonly settings: DirectorySettings;
  /** Of `settings.bindDn`. */
  readonly password: string | undefined;
  /** Certificates to trust where the settings name none of their own, PEM. */
  readonly trustedPem: readonly string[];
}

/** The directory did not give what it was asked for. `path` is the setting to look at first. */
export class DirectoryError extends Error {
  override readonly name = "DirectoryError";
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

/** A directory, asked anew on a connection of its own each time; every call ends in bounded time. */
export interface DirectorySource {
  /** Every entry the filter finds, page after page. Throws `DirectoryError`. */
  entries(access: DirectoryAccess): AsyncIterable<readonly DirectoryEntry[]>;
  /** Whether the directory lets the entry `dn` in with that password. Throws `DirectoryError` where it does not say. */
  isPassword(access: DirectoryAccess, dn: string, password: string): Promise<boolean>;
}
