import type { DirectorySettings, EntryProblem } from "@interpres/admin-api";
import type { AccountRecord, DirectoryOrigin } from "@interpres/xmpp";
import { grantMailIds } from "./mail-ids.ts";
import type { Candidate, ReadEntry } from "./read-entry.ts";

/** An account that came from the directory. */
export type SyncedAccount = AccountRecord & { readonly origin: DirectoryOrigin };

/** What is to be done with one account; `before` is how the plan found it. */
export type AccountChange =
  | { readonly action: "add"; readonly account: SyncedAccount }
  | {
      readonly action: "change" | "disable" | "enable";
      readonly before: SyncedAccount;
      readonly account: SyncedAccount;
    }
  | { readonly action: "delete"; readonly before: SyncedAccount };

export interface SyncInput {
  /** Read page by page as they came, since that is most of the work. */
  readonly entries: readonly ReadEntry[];
  readonly accounts: readonly AccountRecord[];
  readonly settings: DirectorySettings;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface SyncPlan {
  readonly changes: readonly AccountChange[];
  readonly unchanged: number;
  /** Entries that cannot be users, or not as they say of themselves; by entry, with the reason. */
  readonly problems: readonly EntryProblem[];
  /** Users whose entry was there the last time and is not any more. */
  readonly newlyVanished: number;
}

const DAY_MS = 86_400_000;

/**
 * What makes the accounts agree with the directory. Accounts added here are left alone. An account is recognised by the
 * key of its entry, so that a renamed one stays the same user; its JID, once given, stays, since that is the address
 * others hold. Of two entries that want the same address the one that has it keeps it, else the first by name gets it.
 */
export function planSync(input: SyncInput): SyncPlan {
  const problems: EntryProblem[] = [];
  const candidates = readAll(input, problems);
  const accounts = new Map(input.accounts.map((account) => [account.jid, account]));
  const synced = new Map(input.accounts.filter(isSynced).map((account) => [account.origin.key, account]));
  const placed = place(candidates, { accounts, synced, problems });
  const claims = placed.map(({ jid, candidate, owner }) => ({
    jid,
    dn: candidate.dn,
    wanted: candidate.mailId,
    held: owner?.mailId,
  }));
  const mailIds = grantMailIds(claims, input.accounts, problems);
  const present = placed.map((each) => presentChange(each, mailIds.get(each.jid)));
  const seen = seenIn(input.entries);
  const missing = [...synced.values()].filter(
    ({ origin }) => !seen.keys.has(origin.key) && !seen.names.has(nameKey(origin.dn)),
  );
  const gone = missing.map((account) => missingChange(account, input));
  const all = [...present, ...gone];
  const changes = all.filter((change) => change !== undefined);
  return {
    changes,
    unchanged: all.length - changes.length,
    problems,
    newlyVanished: missing.filter(({ origin }) => origin.vanishedAt === undefined).length,
  };
}

export function isSynced(account: AccountRecord): account is SyncedAccount {
  return account.origin !== undefined;
}

/** A candidate with the address it gets and the account it has already. */
interface Placed {
  readonly jid: string;
  readonly candidate: Candidate;
  readonly owner: SyncedAccount | undefined;
}

/** Each key once, in the order of names, so that the outcome does not hang on the order the directory answers in. */
function readAll({ entries, settings }: SyncInput, problems: EntryProblem[]): readonly Candidate[] {
  const byKey = new Map<string, Candidate>();
  const named = entries.map((entry) => ({ name: nameKey(entry.dn), entry }));
  named.sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const { entry } of named) {
    if (entry.kind === "problem") {
      problems.push({ dn: entry.dn, reason: entry.reason });
      continue;
    }
    const { candidate } = entry;
    const twin = byKey.get(candidate.key);
    if (twin !== undefined) {
      problems.push({ dn: entry.dn, reason: `has the same ${settings.attributes.key} as ${twin.dn}` });
      continue;
    }
    byKey.set(candidate.key, candidate);
    problems.push(...candidate.remarks.map((reason) => ({ dn: entry.dn, reason })));
  }
  return [...byKey.values()];
}

interface Places {
  readonly accounts: ReadonlyMap<string, AccountRecord>;
  readonly synced: ReadonlyMap<string, SyncedAccount>;
  readonly problems: EntryProblem[];
}

function place(candidates: readonly Candidate[], { accounts, synced, problems }: Places): readonly Placed[] {
  const placed: Placed[] = [];
  const taken = new Map<string, string>();
  for (const candidate of candidates) {
    const { dn, key } = candidate;
    const owner = synced.get(key);
    const wanted = candidate.jid.toString();
    if (owner !== undefined) {
      if (owner.jid !== wanted)
        problems.push({ dn, reason: `would be ${wanted} now; the user's address stays ${owner.jid}` });
      placed.push({ jid: owner.jid, candidate, owner });
      continue;
    }
    // Whoever may not sign in there and never did here is no user yet.
    if (!candidate.isEnabled) continue;
    const holder = holderOf(accounts.get(wanted), taken.get(wanted));
    if (holder !== undefined) {
      problems.push({ dn, reason: `${wanted} belongs to ${holder}` });
      continue;
    }
    taken.set(wanted, dn);
    placed.push({ jid: wanted, candidate, owner });
  }
  return placed;
}

function holderOf(account: AccountRecord | undefined, entry: string | undefined): string | undefined {
  if (account === undefined) return entry;
  return account.origin === undefined ? "a user added here" : account.origin.dn;
}

function presentChange({ jid, candidate, owner }: Placed, mailId: string | undefined): AccountChange | undefined {
  const { key, dn, displayName, isEnabled } = candidate;
  const wasBarred = owner?.origin.disabledBy === "directory";
  // What an administrator here switched off stays off, whatever the directory says.
  const isWanted = owner === undefined || owner.enabled || wasBarred;
  const enabled = isWanted && isEnabled;
  const origin: DirectoryOrigin = { key, dn, ...(isWanted && !isEnabled ? { disabledBy: "directory" } : {}) };
  const account: SyncedAccount = {
    jid,
    ...(displayName === undefined ? {} : { displayName }),
    ...(mailId === undefined ? {} : { mailId }),
    enabled,
    origin,
    ...(owner?.node === undefined ? {} : { node: owner.node }),
  };
  return owner === undefined ? { action: "add", account } : changeOf(owner, account);
}

function missingChange(before: SyncedAccount, { settings, now }: SyncInput): AccountChange | undefined {
  const vanishedAt = before.origin.vanishedAt ?? now;
  const days = settings.deleteVanishedAfterDays;
  if (days !== null && now >= vanishedAt + days * DAY_MS) return { action: "delete", before };
  const isOurs = before.enabled || before.origin.disabledBy === "directory";
  const { key, dn } = before.origin;
  const origin: DirectoryOrigin = { key, dn, vanishedAt, ...(isOurs ? { disabledBy: "directory" } : {}) };
  return changeOf(before, { ...before, enabled: false, origin });
}

function changeOf(before: SyncedAccount, account: SyncedAccount): AccountChange | undefined {
  if (isSame(before, account)) return undefined;
  if (before.enabled === account.enabled) return { action: "change", before, account };
  return { action: account.enabled ? "enable" : "disable", before, account };
}

/** Field by field: a general comparison takes as long as everything else together. */
function isSame(one: SyncedAccount, other: SyncedAccount): boolean {
  const [a, b] = [one.origin, other.origin];
  return (
    one.displayName === other.displayName &&
    one.mailId === other.mailId &&
    one.enabled === other.enabled &&
    one.node === other.node &&
    one.scram === other.scram &&
    a.key === b.key &&
    a.dn === b.dn &&
    a.vanishedAt === b.vanishedAt &&
    a.disabledBy === b.disabledBy
  );
}

/** Every entry counts as there, also one that cannot be a user: by its key, and by its name where it has none. */
function seenIn(entries: readonly ReadEntry[]): {
  readonly keys: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
} {
  const keys = new Set(entries.flatMap(({ key }) => (key === undefined ? [] : [key])));
  const names = new Set(entries.filter(({ key }) => key === undefined).map(({ dn }) => nameKey(dn)));
  return { keys, names };
}

/** Distinguished names do not differ by case here: attribute types never do, and the usual values do not either. */
function nameKey(dn: string): string {
  return dn.toLowerCase();
}
