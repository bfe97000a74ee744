import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DirectorySettings } from "@interpres/admin-api";
import { type Logger, silentLogger, silentMetrics } from "@interpres/runtime";
import { type AccountRecord, type BareJid, parseBareJid } from "@interpres/xmpp";
import Value from "typebox/value";
import { DirectoryPasswords } from "./directory-passwords.ts";
import { DirectoryError, type DirectorySource } from "./directory-source.ts";

function user(text: string): BareJid {
  return parseBareJid(text) ?? assert.fail();
}
const ann = user("ann@example.com");
const account: AccountRecord = { jid: "ann@example.com", enabled: true, origin: { key: "1", dn: "uid=ann,ou=people" } };

interface World {
  readonly passwords: DirectoryPasswords;
  readonly asked: string[];
  readonly warned: string[];
}

function world(
  answer: (password: string) => Promise<boolean>,
  settings: Partial<DirectorySettings> = { enabled: true },
): World {
  const asked: string[] = [];
  const warned: string[] = [];
  const source: DirectorySource = {
    async *entries() {
      yield [];
    },
    isPassword: (_access, dn, password) => {
      asked.push(dn);
      return answer(password);
    },
  };
  const log: Logger = { ...silentLogger, warn: (event) => warned.push(event) };
  const passwords = new DirectoryPasswords({
    accounts: { find: (jid) => (jid.equals(ann) ? account : undefined) },
    source,
    access: async () => ({
      settings: Value.Default(DirectorySettings, { ...settings }) as DirectorySettings,
      password: undefined,
      trustedPem: [],
    }),
    log,
    metrics: silentMetrics,
  });
  return { passwords, asked, warned };
}

describe("passwords that a directory keeps", () => {
  test("are right where it lets the entry in, wrong where it does not", async () => {
    const { passwords, asked } = world(async (password) => password === "right");
    assert.equal(await passwords.check(ann, "right"), "right");
    assert.equal(await passwords.check(ann, "guessed"), "wrong");
    assert.deepEqual(asked, ["uid=ann,ou=people", "uid=ann,ou=people"]);
  });

  test("cannot be told while it does not answer; the log says so once", async () => {
    let isDown = true;
    const { passwords, warned } = world(async () => {
      if (isDown) throw new DirectoryError("url", "the directory does not answer");
      return true;
    });
    assert.equal(await passwords.check(ann, "x"), "unavailable");
    assert.equal(await passwords.check(ann, "x"), "unavailable");
    assert.deepEqual(warned, ["directory.unavailable"]);
    isDown = false;
    assert.equal(await passwords.check(ann, "x"), "right");
  });

  test("cannot be told while the directory is switched off", async () => {
    const { passwords, asked } = world(async () => true, { enabled: false });
    assert.equal(await passwords.check(ann, "x"), "unavailable");
    assert.deepEqual(asked, []);
  });

  test("are not asked about for somebody who does not come from there", async () => {
    const { passwords, asked } = world(async () => true);
    assert.equal(await passwords.check(user("bea@example.com"), "x"), "wrong");
    assert.deepEqual(asked, []);
  });

  test("are asked about sixteen at a time; others wait, and a storm is turned away", async () => {
    const open: (() => void)[] = [];
    const { passwords, asked } = world(() => new Promise((resolve) => open.push(() => resolve(true))));
    const checks = Array.from({ length: 16 + 512 + 3 }, () => passwords.check(ann, "x"));
    const turnedAway = await Promise.all(checks.slice(-3));
    assert.deepEqual(turnedAway, ["unavailable", "unavailable", "unavailable"]);
    assert.equal(asked.length, 16);
    while (open.length > 0) {
      assert.ok(open.length <= 16);
      for (const release of open.splice(0)) release();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const verdicts = await Promise.all(checks.slice(0, -3));
    assert.ok(verdicts.every((verdict) => verdict === "right"));
    assert.equal(await Promise.race([passwords.check(ann, "x"), "under way"]), "under way", "there is room again");
  });
});
