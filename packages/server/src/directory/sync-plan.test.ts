import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DirectorySettings } from "@interpres/admin-api";
import type { AccountRecord, DirectoryOrigin } from "@interpres/xmpp";
import Value from "typebox/value";
import type { DirectoryEntry } from "./directory-source.ts";
import { readEntry } from "./read-entry.ts";
import { type AccountChange, planSync, type SyncPlan } from "./sync-plan.ts";

const DAY_MS = 86_400_000;
const NOW = 400 * DAY_MS;
const keys = { salt: "", iterations: 4096, storedKey: "", serverKey: "" };

const settings = (given: object = {}): DirectorySettings =>
  Value.Default(DirectorySettings, { enabled: true, domain: "example.com", ...given }) as DirectorySettings;

const person = (key: string, uid: string, more: Readonly<Record<string, string>> = {}): DirectoryEntry => ({
  dn: `uid=${uid},ou=people`,
  key,
  attributes: new Map(Object.entries({ uid, ...more }).map(([name, value]) => [name.toLowerCase(), [value]])),
});

const synced = (key: string, uid: string, more: Partial<AccountRecord> = {}, origin: Partial<DirectoryOrigin> = {}) =>
  ({
    jid: `${uid}@example.com`,
    enabled: true,
    origin: { key, dn: `uid=${uid},ou=people`, ...origin },
    ...more,
  }) as const;

const local = (uid: string, more: Partial<AccountRecord> = {}): AccountRecord => ({
  jid: `${uid}@example.com`,
  enabled: true,
  scram: { sha1: keys, sha256: keys },
  ...more,
});

function plan(
  entries: readonly DirectoryEntry[],
  accounts: readonly AccountRecord[] = [],
  given: object = {},
): SyncPlan {
  const rules = { settings: settings(given), mailDomainProblem: () => undefined };
  const read = entries.map((entry) => readEntry(entry, rules));
  return planSync({ entries: read, accounts, settings: rules.settings, now: NOW });
}

const what = ({ changes }: SyncPlan): readonly string[] => changes.map((change) => `${change.action} ${jidOf(change)}`);
const jidOf = (change: AccountChange): string => (change.action === "delete" ? change.before.jid : change.account.jid);
const after = ({ changes }: SyncPlan): AccountRecord | undefined => {
  const [change] = changes;
  return change === undefined || change.action === "delete" ? undefined : change.account;
};
const reasons = ({ problems }: SyncPlan): readonly string[] => problems.map(({ dn, reason }) => `${dn}: ${reason}`);

describe("what a synchronisation does with present entries", () => {
  test("a new entry becomes an account without a password of ours", () => {
    const made = plan([person("k1", "Ann", { displayName: "Ann A.", mail: "ann@mail.example" })]);
    assert.deepEqual(made.changes, [
      {
        action: "add",
        account: {
          jid: "ann@example.com",
          displayName: "Ann A.",
          mailId: "ann@mail.example",
          enabled: true,
          origin: { key: "k1", dn: "uid=Ann,ou=people" },
        },
      },
    ]);
  });

  test("nothing is done twice: what a plan makes is unchanged the next time", () => {
    const entries = [person("k1", "ann", { displayName: "Ann", mail: "ann@mail.example" }), person("k2", "bea")];
    const accounts = plan(entries).changes.flatMap((change) => (change.action === "delete" ? [] : [change.account]));
    const again = plan(entries, accounts);
    assert.deepEqual([again.changes, again.unchanged, again.problems], [[], 2, []]);
  });

  test("a changed name or Mail ID is a change, a cleared one is cleared; the assigned node stays", () => {
    const before = synced("k1", "ann", { displayName: "Ann", mailId: "ann@mail.example", node: "imp2" });
    const made = plan([person("k1", "ann", { displayName: "Ann B." })], [before]);
    assert.deepEqual(what(made), ["change ann@example.com"]);
    assert.deepEqual(after(made), { ...synced("k1", "ann", { displayName: "Ann B.", node: "imp2" }) });
  });

  test("an entry that moved is the same user", () => {
    const moved: DirectoryEntry = { ...person("k1", "ann"), dn: "uid=ann,ou=leavers" };
    const made = plan([moved], [synced("k1", "ann")]);
    assert.deepEqual(what(made), ["change ann@example.com"]);
    assert.equal(after(made)?.origin?.dn, "uid=ann,ou=leavers");
  });

  test("an entry renamed there is the same user, whose address stays", () => {
    const made = plan([person("k1", "ann.bell", { displayName: "Ann Bell" })], [synced("k1", "ann")]);
    assert.deepEqual(what(made), ["change ann@example.com"]);
    assert.deepEqual(reasons(made), [
      "uid=ann.bell,ou=people: would be ann.bell@example.com now; the user's address stays ann@example.com",
    ]);
  });

  test("a user added here is never touched; who wants her address is reported", () => {
    const made = plan([person("k1", "ann"), person("k2", "bea")], [local("ann")]);
    assert.deepEqual(what(made), ["add bea@example.com"]);
    assert.deepEqual(reasons(made), ["uid=ann,ou=people: ann@example.com belongs to a user added here"]);
  });

  test("an address that another entry's user has stays hers", () => {
    const made = plan([person("k2", "ann")], [synced("k1", "ann")]);
    assert.deepEqual(what(made), ["disable ann@example.com"]);
    assert.deepEqual(reasons(made), ["uid=ann,ou=people: ann@example.com belongs to uid=ann,ou=people"]);
  });

  test("of two new entries with one address the first by name gets it, whatever order they come in", () => {
    const one = { ...person("k1", "ann"), dn: "uid=ann,ou=b" };
    const other = { ...person("k2", "ANN"), dn: "uid=ANN,ou=a" };
    for (const entries of [
      [one, other],
      [other, one],
    ]) {
      const made = plan(entries);
      assert.equal(after(made)?.origin?.key, "k2");
      assert.deepEqual(reasons(made), ["uid=ann,ou=b: ann@example.com belongs to uid=ANN,ou=a"]);
    }
  });
});

describe("Mail IDs", () => {
  test("belong to one user: who has it keeps it, others go without and are reported", () => {
    const entries = [
      person("k1", "ann", { mail: "it@mail.example" }),
      person("k2", "bea", { mail: "IT@mail.example" }),
    ];
    const made = plan(entries, [synced("k2", "bea", { mailId: "it@mail.example" })]);
    assert.deepEqual(
      made.changes.map((change) =>
        change.action === "delete" ? "" : `${change.account.jid} ${change.account.mailId}`,
      ),
      ["ann@example.com undefined", "bea@example.com IT@mail.example"],
    );
    assert.deepEqual(reasons(made), [
      "uid=ann,ou=people: it@mail.example belongs to bea@example.com and was left away",
    ]);
  });

  test("of users added here are theirs", () => {
    const made = plan(
      [person("k1", "bea", { mail: "it@mail.example" })],
      [local("ann", { mailId: "it@mail.example" })],
    );
    assert.equal(after(made)?.mailId, undefined);
    assert.equal(made.problems.length, 1);
  });

  test("may pass from one entry to another", () => {
    const accounts = [synced("k1", "ann", { mailId: "it@mail.example" }), synced("k2", "bea")];
    const made = plan([person("k1", "ann"), person("k2", "bea", { mail: "it@mail.example" })], accounts);
    assert.deepEqual(what(made), ["change ann@example.com", "change bea@example.com"]);
    assert.deepEqual(made.problems, []);
  });

  test("that are no address are left away, the user is not", () => {
    const made = plan([person("k1", "ann", { mail: "ann at home" })]);
    assert.deepEqual(what(made), ["add ann@example.com"]);
    assert.deepEqual(reasons(made), [
      'uid=ann,ou=people: mail "ann at home" is not an address like name@domain and was left away',
    ]);
  });
});

describe("users whose entry is gone", () => {
  test("are disabled, and the moment is kept", () => {
    const made = plan([person("k2", "bea")], [synced("k1", "ann"), synced("k2", "bea")]);
    assert.deepEqual(what(made), ["disable ann@example.com"]);
    assert.deepEqual(after(made)?.origin, {
      key: "k1",
      dn: "uid=ann,ou=people",
      vanishedAt: NOW,
      disabledBy: "directory",
    });
    assert.equal(made.newlyVanished, 1);
    const account = after(made);
    assert.ok(account !== undefined);
    const later = planSync({ entries: [], accounts: [account], settings: settings(), now: NOW + 500 * DAY_MS });
    assert.deepEqual([later.changes, later.newlyVanished], [[], 0]);
  });

  test("are deleted after the days of the settings, and not before", () => {
    const vanished = (days: number) =>
      synced("k1", "ann", { enabled: false }, { vanishedAt: NOW - days * DAY_MS, disabledBy: "directory" });
    const given = { deleteVanishedAfterDays: 30 };
    assert.deepEqual(what(plan([], [vanished(29.9)], given)), []);
    assert.deepEqual(what(plan([], [vanished(30)], given)), ["delete ann@example.com"]);
    assert.deepEqual(what(plan([], [synced("k1", "ann")], { deleteVanishedAfterDays: 0 })), ["delete ann@example.com"]);
  });

  test("are enabled when it is back", () => {
    const vanished = synced("k1", "ann", { enabled: false }, { vanishedAt: 1, disabledBy: "directory" });
    const made = plan([person("k1", "ann")], [vanished]);
    assert.deepEqual(what(made), ["enable ann@example.com"]);
    assert.deepEqual(after(made), synced("k1", "ann"));
  });

  test("stay disabled where an administrator here wanted it so", () => {
    const off = synced("k1", "ann", { enabled: false });
    assert.deepEqual(plan([person("k1", "ann")], [off]).changes, []);
    const missing = plan([], [off]);
    assert.deepEqual(what(missing), ["change ann@example.com"]);
    const account = after(missing);
    assert.ok(account !== undefined);
    const back = plan([person("k1", "ann")], [account]);
    assert.deepEqual(after(back), off);
  });

  test("are not those whose entry is there and cannot be read", () => {
    const broken: DirectoryEntry = { dn: "uid=ann,ou=people", key: "k1", attributes: new Map() };
    const keyless: DirectoryEntry = { ...person("", "bea"), key: undefined };
    const made = plan([broken, keyless], [synced("k1", "ann"), synced("k2", "bea")]);
    assert.deepEqual(made.changes, []);
    assert.deepEqual(
      made.problems.map(({ reason }) => reason),
      ["has no uid", "has no entryUUID, so that a rename could not be told"],
    );
  });
});

/** Attributes and values as Active Directory gives them. */
describe("entries of Active Directory", () => {
  const given = {
    attributes: {
      localPart: "sAMAccountName",
      key: "objectGUID",
      disabled: { attribute: "userAccountControl", bits: 2 },
    },
  };
  const user = (name: string, control: string): DirectoryEntry => ({
    dn: `CN=${name},CN=Users,DC=corp,DC=example`,
    key: "b8f0a1c2d3e44f5a9b6c7d8e9fa0b1c2",
    attributes: new Map([
      ["samaccountname", [name]],
      ["useraccountcontrol", [control]],
      ["displayname", ["Anna O'Brien"]],
    ]),
  });
  const NORMAL = "512";
  const DISABLED = "514";
  const PASSWORD_NEVER_EXPIRES = "66048";

  test("are told disabled by the bit of their control word", () => {
    const before = plan([user("AnnaB", PASSWORD_NEVER_EXPIRES)], [], given);
    assert.deepEqual(what(before), ["add annab@example.com"]);
    const account = after(before);
    assert.ok(account !== undefined);
    const off = plan([user("AnnaB", DISABLED)], [account], given);
    assert.deepEqual(what(off), ["disable annab@example.com"]);
    const disabled = after(off);
    assert.ok(disabled !== undefined);
    assert.equal(disabled.origin?.vanishedAt, undefined);
    assert.deepEqual(plan([user("AnnaB", DISABLED)], [disabled], given).changes, []);
    assert.deepEqual(what(plan([user("AnnaB", NORMAL)], [disabled], given)), ["enable annab@example.com"]);
  });

  test("that were never enabled are no users yet", () => {
    assert.deepEqual(plan([user("AnnaB", DISABLED)], [], given).changes, []);
  });

  test("keep their user through a new name and place", () => {
    const account = after(plan([user("AnnaB", NORMAL)], [], given));
    assert.ok(account !== undefined);
    const renamed = plan(
      [{ ...user("AnnaC", NORMAL), dn: "CN=Anna Cole,OU=Sales,DC=corp,DC=example" }],
      [account],
      given,
    );
    assert.deepEqual(what(renamed), ["change annab@example.com"]);
  });

  test("may have names that a JID escapes (XEP-0106), but no whole addresses", () => {
    assert.deepEqual(what(plan([user("o'brien", NORMAL)], [], given)), ["add o\\27brien@example.com"]);
    assert.match(reasons(plan([user("anna@corp.example", NORMAL)], [], given))[0] ?? "", /is no local part of a JID/);
  });
});
