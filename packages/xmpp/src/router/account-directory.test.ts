import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BareJid } from "../address/jid.ts";
import { AccountDirectory } from "./account-directory.ts";
import type { AccountRecord } from "./account-repository.ts";

const keys = { salt: "", iterations: 4096, storedKey: "", serverKey: "" };
const local: AccountRecord = { jid: "ann@example.com", enabled: true, scram: { sha1: keys, sha256: keys } };
const kept: AccountRecord = { jid: "bea@example.com", enabled: true, origin: { key: "1", dn: "uid=bea" } };

function directoryOf(...accounts: readonly AccountRecord[]): AccountDirectory {
  return new AccountDirectory({
    load: async () => accounts,
    put: async () => undefined,
    remove: async () => undefined,
  });
}

describe("a domain's passwords", () => {
  test("are elsewhere as soon as one account there has no verifiers, also after a start", async () => {
    const accounts = directoryOf(local, kept);
    assert.equal(accounts.hasPasswordsElsewhere("example.com"), false);
    await accounts.load();
    assert.equal(accounts.hasPasswordsElsewhere("example.com"), true);
    assert.equal(accounts.hasPasswordsElsewhere("example.net"), false);
  });

  test("are here again when the last such account is gone or got verifiers", async () => {
    const accounts = directoryOf(local, kept);
    await accounts.load();
    await accounts.put({ ...kept, displayName: "Bea" });
    await accounts.put({ jid: "cat@example.com", enabled: true, origin: { key: "2", dn: "uid=cat" } });
    await accounts.remove(new BareJid("bea", "example.com"));
    assert.equal(accounts.hasPasswordsElsewhere("example.com"), true);
    await accounts.put({ ...local, jid: "cat@example.com" });
    assert.equal(accounts.hasPasswordsElsewhere("example.com"), false);
  });
});

describe("a listener", () => {
  test("is told of each write once, with what each account was and is", async () => {
    const accounts = directoryOf(local);
    const told: string[][] = [];
    const show = (account: AccountRecord | undefined) => account?.displayName ?? account?.jid ?? "nothing";
    accounts.listen({
      changed: (changes) => told.push(changes.map(({ before, after }) => `${show(before)} > ${show(after)}`)),
    });
    await accounts.load();
    await accounts.putAll(
      [
        { ...local, displayName: "Ann" },
        { ...kept, displayName: "Bea" },
      ],
      async () => undefined,
    );
    await accounts.remove(new BareJid("ann", "example.com"));
    await accounts.remove(new BareJid("nobody", "example.com"));
    await accounts.load();
    assert.deepEqual(told, [
      ["nothing > ann@example.com"],
      ["ann@example.com > Ann", "nothing > Bea"],
      ["Ann > nothing"],
      ["Bea > nothing", "nothing > ann@example.com"],
    ]);
  });
});
