import { type BareJid, parseBareJid } from "../address/jid.ts";
import type { AccountRecord, AccountRepository } from "./account-repository.ts";

/** Makes a change durable. */
type Save = () => Promise<void>;

/** One account before and after; undefined where there was or is none. */
export interface AccountChange {
  readonly user: BareJid;
  readonly before: AccountRecord | undefined;
  readonly after: AccountRecord | undefined;
}

export interface AccountListener {
  /** Before an account is removed from where it is kept; awaited. */
  removing?(user: BareJid): Promise<void>;
  /** After a change is durable: the user may no longer go on as she did. */
  barred?(user: BareJid, reason: "disabled" | "removed" | "credentials-changed"): void;
  /** After all accounts of one write are durable and in effect, or all were read anew. */
  changed?(changes: readonly AccountChange[]): void;
}

/** The local accounts, in memory, over where they are kept. A change is durable before it takes effect. */
export class AccountDirectory {
  readonly #repository: AccountRepository;
  readonly #accounts = new Map<string, AccountRecord>();
  readonly #listeners: AccountListener[] = [];
  /** How many accounts of each domain have their password elsewhere. */
  readonly #kept = new Map<string, number>();
  #changes = 0;

  constructor(repository: AccountRepository) {
    this.#repository = repository;
  }

  /** Reads all accounts; before the first client. */
  async load(): Promise<void> {
    const changes = this.#changes;
    const accounts = await this.#repository.load();
    // What was read is older than a change made meanwhile.
    if (changes !== this.#changes) return this.load();
    const before = new Map(this.#accounts);
    this.#accounts.clear();
    this.#kept.clear();
    for (const account of accounts) this.#set(userOf(account), account);
    for (const listener of this.#listeners) listener.changed?.(this.#changesSince(before));
  }

  find(user: BareJid): AccountRecord | undefined {
    return this.#accounts.get(user.toString());
  }

  exists(user: BareJid): boolean {
    return this.#accounts.has(user.toString());
  }

  /** True where an account of the domain has no verifiers: its password is checked elsewhere. */
  hasPasswordsElsewhere(domain: string): boolean {
    return this.#kept.has(domain);
  }

  list(): readonly AccountRecord[] {
    return [...this.#accounts.values()];
  }

  /**
   * Creates or replaces an account. Rejects where it could not be written, or where `jid` is no prepared bare JID. `save`
   * writes it where something else (an audit row) has to become durable with it.
   */
  async put(account: AccountRecord, save: Save = () => this.#repository.put(account)): Promise<void> {
    await this.putAll([account], save);
  }

  /** As `put`, for many in one write of the caller's. */
  async putAll(accounts: readonly AccountRecord[], save: Save): Promise<void> {
    const users = accounts.map(userOf);
    await save();
    const changes = users.flatMap((user, at) => this.#replace(user, accounts[at]) ?? []);
    for (const listener of this.#listeners) listener.changed?.(changes);
  }

  /** Removes an account and what was kept for it; one that is not there is no failure. */
  async remove(user: BareJid, save: Save = () => this.#repository.remove(user.toString())): Promise<void> {
    for (const listener of this.#listeners) await listener.removing?.(user);
    await save();
    this.#changes += 1;
    const before = this.find(user);
    if (before === undefined) return;
    this.#accounts.delete(before.jid);
    this.#count(user, before, undefined);
    this.#tell(user, "removed");
    for (const listener of this.#listeners) listener.changed?.([{ user, before, after: undefined }]);
  }

  listen(listener: AccountListener): void {
    this.#listeners.push(listener);
  }

  #replace(user: BareJid, after: AccountRecord | undefined): AccountChange | undefined {
    if (after === undefined) return undefined;
    this.#changes += 1;
    const before = this.#accounts.get(after.jid);
    this.#set(user, after);
    if (before?.enabled === true && !after.enabled) this.#tell(user, "disabled");
    else if (before !== undefined && hasOtherKeys(before, after)) this.#tell(user, "credentials-changed");
    return { user, before, after };
  }

  #changesSince(before: ReadonlyMap<string, AccountRecord>): readonly AccountChange[] {
    const gone = [...before.values()].filter(({ jid }) => !this.#accounts.has(jid));
    return [
      ...gone.map((account) => ({ user: userOf(account), before: account, after: undefined })),
      ...this.list().map((after) => ({ user: userOf(after), before: before.get(after.jid), after })),
    ];
  }

  #set(user: BareJid, account: AccountRecord): void {
    this.#count(user, this.#accounts.get(account.jid), account);
    this.#accounts.set(account.jid, account);
  }

  #count({ domain }: BareJid, before: AccountRecord | undefined, after: AccountRecord | undefined): void {
    const count = (this.#kept.get(domain) ?? 0) + elsewhere(after) - elsewhere(before);
    if (count === 0) this.#kept.delete(domain);
    else this.#kept.set(domain, count);
  }

  #tell(user: BareJid, reason: "disabled" | "removed" | "credentials-changed"): void {
    for (const listener of this.#listeners) listener.barred?.(user, reason);
  }
}

function userOf(account: AccountRecord): BareJid {
  const user = parseBareJid(account.jid);
  if (user === undefined || user.local === "" || user.toString() !== account.jid)
    throw new TypeError(`not a prepared bare JID: ${account.jid}`);
  return user;
}

function elsewhere(account: AccountRecord | undefined): 0 | 1 {
  return account !== undefined && account.scram === undefined ? 1 : 0;
}

function hasOtherKeys({ scram: a }: AccountRecord, { scram: b }: AccountRecord): boolean {
  return a?.sha256.storedKey !== b?.sha256.storedKey || a?.sha1.storedKey !== b?.sha1.storedKey;
}
