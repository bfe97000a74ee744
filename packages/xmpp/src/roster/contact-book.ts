import { BlockList } from "./block-list.ts";
import type { BlockRepository } from "./block-repository.ts";
import {
  type OutsiderDecision,
  OutsiderPolicy,
  type OutsiderRepository,
  type OutsiderRule,
} from "./outsider-policy.ts";
import type { RosterChange, RosterEntry, RosterRepository, StoredRoster } from "./roster-repository.ts";
import { isPendingOut, isSubscribedFrom, type SubscriptionState, subscriptionAttribute } from "./subscription.ts";

/** An entry before it is given its version. */
export type EntryDraft = Omit<RosterEntry, "version">;

/** What a change did: `push` where a client could see it (RFC 6121 §2.6.3); `durable` rejects if it was not written. */
export interface BookChange {
  readonly before: RosterEntry | undefined;
  readonly after: RosterEntry;
  readonly visibility: "push" | "internal";
  readonly durable: Promise<void>;
}

export interface ContactBookInit {
  /** The user's bare JID. */
  readonly user: string;
  readonly stored: StoredRoster | undefined;
  readonly blocked: readonly string[];
  readonly outsiders: readonly OutsiderRule[];
  readonly rosters: RosterRepository;
  readonly blocks: BlockRepository;
  readonly outsiderRules: OutsiderRepository;
  /** Where the versions of a new roster start: milliseconds since 1970, so that no earlier roster's version returns. */
  readonly firstVersion: number;
}

/** Removed items remembered for versioning; beyond it the oldest are forgotten and `floor` rises. */
const GONE_KEPT = 64;

/**
 * A user's roster, block list and decisions on outsiders in memory. A change is applied at once and becomes durable later,
 * in order; one that could not be written is taken back, unless it was changed again meanwhile.
 */
export class ContactBook {
  readonly user: string;
  readonly blocked: BlockList;
  readonly outsiders: OutsiderPolicy;
  readonly #entries = new Map<string, RosterEntry>();
  readonly #rosters: RosterRepository;
  readonly #blocks: BlockRepository;
  readonly #outsiderRules: OutsiderRepository;
  #version: number;
  #floor: number;
  #writing = 0;
  /** Settles with the latest write, however that ends. */
  #latest: Promise<void> = Promise.resolve();

  constructor(init: ContactBookInit) {
    this.user = init.user;
    this.blocked = new BlockList(init.blocked);
    this.outsiders = new OutsiderPolicy(init.outsiders);
    this.#rosters = init.rosters;
    this.#blocks = init.blocks;
    this.#outsiderRules = init.outsiderRules;
    this.#version = init.stored?.version ?? init.firstVersion;
    this.#floor = init.stored?.floor ?? init.firstVersion;
    for (const entry of init.stored?.entries ?? []) this.#entries.set(entry.jid, entry);
  }

  /** The 'ver' of the roster now. */
  get version(): string {
    return String(this.#version);
  }

  /** True while a write is on its way: the book must not be loaded anew. */
  get isWriting(): boolean {
    return this.#writing > 0;
  }

  entry(jid: string): RosterEntry | undefined {
    return this.#entries.get(jid);
  }

  state(jid: string): SubscriptionState {
    return this.#entries.get(jid)?.state ?? "none";
  }

  /** All that is known, roster items or not. */
  entries(): Iterable<RosterEntry> {
    return this.#entries.values();
  }

  items(): readonly RosterEntry[] {
    return [...this.#entries.values()].filter((entry) => entry.kind === "item");
  }

  /** Contacts that may see the user's presence. */
  get watchers(): number {
    let count = 0;
    for (const { state } of this.#entries.values()) if (isSubscribedFrom(state)) count += 1;
    return count;
  }

  count(kind: RosterEntry["kind"]): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (entry.kind === kind) count += 1;
    return count;
  }

  /** Entries changed after the client's version, oldest change first; undefined where that cannot be said (§2.6.3). */
  changedSince(version: string): readonly RosterEntry[] | undefined {
    const known = Number(version);
    if (!/^\d{1,16}$/.test(version) || known < this.#floor || known > this.#version) return undefined;
    const changed = [...this.#entries.values()].filter((entry) => entry.version > known);
    return changed.sort((a, b) => a.version - b.version);
  }

  /** Applies a change; one that changes nothing is not written, and durable when what went before it is. */
  put(draft: EntryDraft): BookChange {
    const before = this.#entries.get(draft.jid);
    if (isUnchanged(before, draft)) {
      const after = before ?? { ...draft, version: 0 };
      return { before, after, visibility: "internal", durable: this.#latest };
    }
    const visibility = seen(before) === seen(draft) ? "internal" : "push";
    if (visibility === "push") this.#version += 1;
    const after: RosterEntry = { ...draft, version: visibility === "push" ? this.#version : (before?.version ?? 0) };
    this.#entries.set(after.jid, after);
    return { before, after, visibility, durable: this.#save({ before, after }) };
  }

  /** Calls `run` when all changes so far are durable and told, or failed; at once where none is on its way. */
  afterWrites(run: () => void): void {
    if (this.#writing === 0) run();
    else void this.#latest.then(run);
  }

  /** Blocks or unblocks; settles when durable. */
  block(jids: readonly string[]): Promise<void> {
    this.blocked.add(jids);
    return this.#write(this.#blocks.add(this.user, jids));
  }

  unblock(jids: readonly string[]): Promise<void> {
    this.blocked.remove(jids);
    return this.#write(this.#blocks.remove(this.user, jids));
  }

  unblockAll(): Promise<void> {
    this.blocked.clear();
    return this.#write(this.#blocks.removeAll(this.user));
  }

  /** Decides on all people of a foreign domain, or of every other where it is empty; undefined takes the rule away. */
  decideOnOutsiders(domain: string, decision: OutsiderDecision | undefined): Promise<void> {
    const before = this.outsiders.ruleFor(domain);
    this.outsiders.set(domain, decision);
    const { user } = this;
    const rules = this.#outsiderRules;
    const saved = decision === undefined ? rules.remove(user, domain) : rules.put(user, { domain, decision });
    return this.#write(
      saved.catch((error: unknown) => {
        if (this.outsiders.ruleFor(domain) === decision) this.outsiders.set(domain, before);
        throw error;
      }),
    );
  }

  #save({ before, after }: { readonly before: RosterEntry | undefined; readonly after: RosterEntry }): Promise<void> {
    const drop = this.#forgetOldest();
    const change: RosterChange = { version: this.#version, floor: this.#floor, put: after, drop };
    const saved = this.#rosters.save(this.user, change).catch((error: unknown) => {
      this.#takeBack(before, after);
      throw error;
    });
    return this.#write(saved);
  }

  /** No client has seen the change: it is told only once durable. */
  #takeBack(before: RosterEntry | undefined, after: RosterEntry): void {
    if (this.#entries.get(after.jid) !== after) return;
    if (before === undefined) this.#entries.delete(after.jid);
    else this.#entries.set(after.jid, before);
  }

  #forgetOldest(): readonly string[] {
    const gone = [...this.#entries.values()].filter((entry) => entry.kind === "gone");
    if (gone.length <= GONE_KEPT) return [];
    const dropped = gone.sort((a, b) => a.version - b.version).slice(0, gone.length - GONE_KEPT);
    for (const entry of dropped) {
      this.#entries.delete(entry.jid);
      this.#floor = Math.max(this.#floor, entry.version);
    }
    return dropped.map((entry) => entry.jid);
  }

  #write(written: Promise<void>): Promise<void> {
    this.#writing += 1;
    const ended = () => {
      this.#writing -= 1;
    };
    // One turn late, so that whoever waits for `written` has been told by then.
    this.#latest = written.catch(() => undefined).then(ended);
    return written;
  }
}

function isUnchanged(before: RosterEntry | undefined, draft: EntryDraft): boolean {
  if (before === undefined) return draft.kind === "gone";
  return (
    JSON.stringify({ ...before, version: 0 }) ===
      JSON.stringify({ ...before, ...draft, request: draft.request, admission: draft.admission, version: 0 }) &&
    before.name === draft.name
  );
}

/** What a client can see of an entry, in one string; undefined and "not in the roster" look alike. */
function seen(entry: EntryDraft | undefined): string {
  if (entry === undefined || entry.kind !== "item") return "";
  const { name, groups, state, approval } = entry;
  return JSON.stringify([name, groups, subscriptionAttribute(state), isPendingOut(state), approval]);
}
