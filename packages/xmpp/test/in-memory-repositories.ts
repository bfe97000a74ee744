import type { OfflineLimit, OfflineMessage, OfflineRepository } from "../src/messaging/offline-repository.ts";
import type { BlockRepository } from "../src/roster/block-repository.ts";
import type { OutsiderRepository, OutsiderRule } from "../src/roster/outsider-policy.ts";
import type { RosterChange, RosterRepository, StoredRoster } from "../src/roster/roster-repository.ts";
import type { AccountRecord, AccountRepository } from "../src/router/account-repository.ts";
import type { XmppRepositories } from "../src/xmpp-core.ts";

/** Holds every write until `open()`, so that a test sees what happens before something is durable. */
export class Gate {
  #closed: Promise<void> | undefined;
  #release: (() => void) | undefined;
  #fault: Error | undefined;

  close(): void {
    this.#closed = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  open(): void {
    this.#release?.();
    this.#closed = undefined;
  }

  /** Every write fails with this until it is taken away. */
  break(fault: Error | undefined): void {
    this.#fault = fault;
  }

  async pass(): Promise<void> {
    await this.#closed;
    if (this.#fault !== undefined) throw this.#fault;
  }
}

class Accounts implements AccountRepository {
  readonly rows = new Map<string, AccountRecord>();

  async load(): Promise<readonly AccountRecord[]> {
    return [...this.rows.values()];
  }

  async put(account: AccountRecord): Promise<void> {
    this.rows.set(account.jid, account);
  }

  async remove(jid: string): Promise<void> {
    this.rows.delete(jid);
  }
}

class Rosters implements RosterRepository {
  readonly rows = new Map<string, StoredRoster>();
  loads = 0;
  readonly #gate: Gate;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  async load(user: string): Promise<StoredRoster | undefined> {
    this.loads += 1;
    return this.rows.get(user);
  }

  async save(user: string, { version, floor, put, drop }: RosterChange): Promise<void> {
    await this.#gate.pass();
    const kept = this.rows.get(user)?.entries.filter(({ jid }) => jid !== put.jid && !drop.includes(jid)) ?? [];
    this.rows.set(user, structuredClone({ version, floor, entries: [...kept, put] }));
  }

  async removeAll(user: string): Promise<void> {
    this.rows.delete(user);
  }
}

class Blocks implements BlockRepository {
  readonly rows = new Map<string, readonly string[]>();
  readonly #gate: Gate;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  async load(user: string): Promise<readonly string[]> {
    return this.rows.get(user) ?? [];
  }

  async add(user: string, jids: readonly string[]): Promise<void> {
    await this.#gate.pass();
    this.rows.set(user, [...new Set([...(this.rows.get(user) ?? []), ...jids])]);
  }

  async remove(user: string, jids: readonly string[]): Promise<void> {
    await this.#gate.pass();
    const left = (this.rows.get(user) ?? []).filter((jid) => !jids.includes(jid));
    this.rows.set(user, left);
  }

  async removeAll(user: string): Promise<void> {
    this.rows.delete(user);
  }
}

class Outsiders implements OutsiderRepository {
  readonly rows = new Map<string, readonly OutsiderRule[]>();
  readonly #gate: Gate;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  async load(user: string): Promise<readonly OutsiderRule[]> {
    return this.rows.get(user) ?? [];
  }

  async put(user: string, rule: OutsiderRule): Promise<void> {
    await this.remove(user, rule.domain);
    this.rows.set(user, [...(this.rows.get(user) ?? []), rule]);
  }

  async remove(user: string, domain: string): Promise<void> {
    await this.#gate.pass();
    const left = (this.rows.get(user) ?? []).filter((rule) => rule.domain !== domain);
    this.rows.set(user, left);
  }

  async removeAll(user: string): Promise<void> {
    this.rows.delete(user);
  }
}

class Offline implements OfflineRepository {
  readonly rows = new Map<string, readonly OfflineMessage[]>();
  readonly #gate: Gate;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  async load(user: string): Promise<readonly OfflineMessage[]> {
    return this.rows.get(user) ?? [];
  }

  async append(user: string, message: OfflineMessage, limit: OfflineLimit): Promise<"stored" | "full"> {
    await this.#gate.pass();
    const rows = [...(this.rows.get(user) ?? []), message];
    const characters = rows.reduce((sum, { stanza }) => sum + stanza.length, 0);
    if (rows.length > limit.messages || characters > limit.characters) return "full";
    this.rows.set(user, rows);
    return "stored";
  }

  async remove(user: string, ids: readonly string[]): Promise<void> {
    await this.#gate.pass();
    const left = (this.rows.get(user) ?? []).filter(({ id }) => !ids.includes(id));
    if (left.length === 0) this.rows.delete(user);
    else this.rows.set(user, left);
  }

  async removeAll(user: string): Promise<void> {
    this.rows.delete(user);
  }
}

/** Repositories that forget with the process. Writes of all but accounts pass `gate`. */
export class InMemoryRepositories implements XmppRepositories {
  readonly gate = new Gate();
  readonly accounts = new Accounts();
  readonly rosters = new Rosters(this.gate);
  readonly blocks = new Blocks(this.gate);
  readonly outsiders = new Outsiders(this.gate);
  readonly offline = new Offline(this.gate);
}
