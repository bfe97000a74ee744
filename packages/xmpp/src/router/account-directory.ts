import { type BareJid, parseBareJid } from "../address/jid.ts";
import type { AccountRecord, AccountRepository } from "./account-repository.ts";

/** Told after a change is durable. */
export interface AccountListener {
  /** May no longer log in: disabled, removed, or given another password. */
  barred(user: BareJid, reason: "disabled" | "removed" | "credentials-changed"): void;
}

/** The local accounts, in memory, over where they are kept. A change is durable before it takes effect. */
export class AccountDirectory {
  readonly #repository: AccountRepository;
  readonly #accounts = new Map<string, AccountRecord>();
  readonly #listeners: AccountListener[] = [];

  constructor(repository: AccountRepository) {
    this.#repository = repository;
  }

  /** Reads all accounts; once, before the first client. */
  async load(): Promise<void> {
    for (const account of await this.#repository.load()) this.#accounts.set(account.jid, account);
  }

  find(user: BareJid): AccountRecord | undefined {
    return this.#accounts.get(user.toString());
  }

  exists(user: BareJid): boolean {
    return this.#accounts.has(user.toString());
  }

  list(): readonly AccountRecord[] {
    return [...this.#accounts.values()];
  }

  /** Creates or replaces an account. Rejects where it could not be written, or where `jid` is no prepared bare JID. */
  async put(account: AccountRecord): Promise<void> {
    const user = userOf(account);
    await this.#repository.put(account);
    const before = this.#accounts.get(account.jid);
    this.#accounts.set(account.jid, account);
    if (before === undefined) return;
    if (before.enabled && !account.enabled) this.#tell(user, "disabled");
    else if (hasOtherKeys(before, account)) this.#tell(user, "credentials-changed");
  }

  async remove(user: BareJid): Promise<void> {
    await this.#repository.remove(user.toString());
    if (this.#accounts.delete(user.toString())) this.#tell(user, "removed");
  }

  listen(listener: AccountListener): void {
    this.#listeners.push(listener);
  }

  #tell(user: BareJid, reason: Parameters<AccountListener["barred"]>[1]): void {
    for (const listener of this.#listeners) listener.barred(user, reason);
  }
}

function userOf(account: AccountRecord): BareJid {
  const user = parseBareJid(account.jid);
  if (user === undefined || user.local === "" || user.toString() !== account.jid)
    throw new TypeError(`not a prepared bare JID: ${account.jid}`);
  return user;
}

function hasOtherKeys(a: AccountRecord, b: AccountRecord): boolean {
  return a.scram.sha256.storedKey !== b.scram.sha256.storedKey || a.scram.sha1.storedKey !== b.scram.sha1.storedKey;
}
