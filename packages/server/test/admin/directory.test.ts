import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { parseBareJid } from "@interpres/xmpp";
import { AdminFixture, items, paths, TOKENS } from "./admin-fixture.ts";
import { DirectoryError } from "./fake-directory.ts";

const SOURCE = {
  enabled: true,
  url: "ldaps://dc.corp.example",
  bindDn: "cn=reader,dc=corp,dc=example",
  base: "ou=people,dc=corp,dc=example",
  domain: "example.com",
};
const SECRET = "directory password";

let fixture: AdminFixture;
beforeEach(async () => {
  fixture = await AdminFixture.start();
});
afterEach(() => fixture.stop());

const put = (body: object) => fixture.call("PUT", "/directory", { body });
const sync = (body: object = {}) => fixture.call("POST", "/directory/sync", { body });
const counts = async () => {
  const { run } = (await fixture.call("GET", "/directory/sync")).body as { run: { counts: Record<string, number> } };
  return run.counts;
};

async function ready(more: object = {}): Promise<void> {
  const answer = await put({ ...SOURCE, password: SECRET, ...more });
  assert.equal(answer.status, 200, answer.text);
}

describe("the source of the directory", () => {
  test("is none at first, with its defaults shown", async () => {
    const { body } = await fixture.call("GET", "/directory", { token: TOKENS.auditor });
    assert.deepEqual([body.enabled, body.url, body.hasPassword, body.pageSize], [false, "", false, 500]);
    assert.deepEqual((body.attributes as Record<string, unknown>).localPart, "uid");
    assert.equal((await sync()).status, 502);
  });

  test("is saved whole, live at once, and what was shown may be sent back", async () => {
    await ready({ attributes: { localPart: "sAMAccountName" } });
    const shown = (await fixture.call("GET", "/directory")).body;
    assert.deepEqual([shown.url, shown.hasPassword], [SOURCE.url, true]);
    assert.deepEqual(shown.attributes, {
      localPart: "sAMAccountName",
      displayName: "displayName",
      mailId: "mail",
      key: "entryUUID",
      disabled: null,
    });
    const again = await put(shown);
    assert.deepEqual([again.status, again.body], [200, shown]);
    await sync();
    assert.equal(fixture.directory.asked.at(-1)?.password, SECRET);
  });

  test("keeps its password to itself: no answer, audit row, settings version or log line shows it", async () => {
    await ready();
    fixture.directory.failure = new DirectoryError("bindDn", "refused");
    await sync();
    const texts = [
      (await fixture.call("GET", "/directory")).text,
      (await fixture.call("GET", "/audit?limit=1000")).text,
      JSON.stringify(fixture.store.settings.current()),
      fixture.logged.join("\n"),
    ];
    for (const text of texts) assert.ok(!text.includes(SECRET), text);
    assert.match(texts[1] ?? "", /"password":"changed"/);
  });

  test("does not show the password kept for one server to another", async () => {
    await ready();
    const moved = await put({ ...SOURCE, url: "ldaps://elsewhere.example" });
    assert.deepEqual([moved.status, paths(moved)], [400, ["password"]]);
    const renamed = await put({ ...SOURCE, bindDn: "cn=other,dc=corp,dc=example" });
    assert.deepEqual(paths(renamed), ["password"]);
    assert.equal((await put({ ...SOURCE, pageSize: 7 })).status, 200);
    assert.equal((await put({ ...SOURCE, url: "ldaps://elsewhere.example", password: "new" })).status, 200);
    assert.equal((await put({ ...SOURCE, bindDn: "" })).body.hasPassword, false);
  });

  const BAD = [
    [{ url: "" }, "url"],
    [{ url: "https://dc.corp.example" }, "url"],
    [{ url: "ldaps://" }, "url"],
    [{ url: "ldaps://reader:secret@dc.corp.example" }, "url"],
    [{ url: "ldaps://dc.corp.example/ou=people?uid" }, "url"],
    [{ startTls: true }, "startTls"],
    [{ base: "" }, "base"],
    [{ base: "people" }, "base"],
    [{ base: "ou=people,,dc=example" }, "base"],
    [{ bindDn: "reader@corp.example" }, "bindDn"],
    [{ filter: "" }, "filter"],
    [{ filter: "(&(uid=*)" }, "filter"],
    [{ filter: "(uid=a)(uid=b)" }, "filter"],
    [{ domain: "" }, "domain"],
    [{ domain: "elsewhere.example" }, "domain"],
    [{ authorityPem: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }, "authorityPem"],
    [{ authorityPem: "none" }, "authorityPem"],
    [{ pageSize: 0 }, "pageSize"],
    [{ pageSize: 1001 }, "pageSize"],
    [{ syncIntervalMinutes: -1 }, "syncIntervalMinutes"],
    [{ deleteVanishedAfterDays: -1 }, "deleteVanishedAfterDays"],
    [{ attributes: { localPart: "u id" } }, "attributes.localPart"],
    [{ attributes: { nickname: "cn" } }, "attributes.nickname"],
    [{ scope: "one" }, "scope"],
    [{ password: "" }, "password"],
  ] as const;
  for (const [change, path] of BAD) {
    test(`${JSON.stringify(change)} is refused for ${path}, and nothing is written`, async () => {
      const answer = await put({ ...SOURCE, password: SECRET, ...change });
      assert.equal(answer.status, 400, answer.text);
      assert.deepEqual(paths(answer), [path]);
      assert.equal((await fixture.call("GET", "/directory")).body.url, "");
      assert.equal(items(await fixture.call("GET", "/audit")).length, 0);
    });
  }

  test("without encryption is taken with a warning", async () => {
    const { body } = await put({ ...SOURCE, url: "ldap://dc.corp.example", password: SECRET });
    assert.deepEqual(
      (body.warnings as { path: string }[]).map(({ path }) => path),
      ["url"],
    );
  });
});

describe("a synchronisation", () => {
  test("shows first what it would do, and does nothing", async () => {
    await ready();
    fixture.directory.people.set("k1", { uid: "ann", displayName: "Ann", mail: "ann@mail.example" });
    const before = items(await fixture.call("GET", "/audit")).length;
    const { status, body } = await sync({ dryRun: true });
    assert.deepEqual([status, body.mode, body.state, body.applied], [200, "dry-run", "done", 0]);
    assert.deepEqual(body.changes, [
      {
        action: "add",
        jid: "ann@example.com",
        dn: "uid=ann,ou=people",
        differences: [
          { field: "displayName", before: null, after: "Ann" },
          { field: "mailId", before: null, after: "ann@mail.example" },
          { field: "enabled", before: null, after: "true" },
          { field: "dn", before: null, after: "uid=ann,ou=people" },
        ],
      },
    ]);
    assert.equal((await fixture.call("GET", "/users")).body.total, 0);
    assert.equal(items(await fixture.call("GET", "/audit")).length, before);
  });

  test("adds, changes, disables and deletes, on the disk and with audit rows old and new", async () => {
    await ready({ deleteVanishedAfterDays: 7 });
    fixture.directory.people.set("k1", { uid: "ann", displayName: "Ann" }).set("k2", { uid: "bea" });
    assert.equal((await sync()).body.applied, 2);
    assert.equal((await fixture.store.accounts.find("ann@example.com"))?.origin?.key, "k1");
    fixture.directory.people.set("k1", { uid: "ann", displayName: "Ann B." }).delete("k2");
    assert.equal((await sync()).body.applied, 2);
    const bea = (await fixture.call("GET", "/users/bea@example.com")).body;
    assert.deepEqual([bea.enabled, (bea.origin as { vanishedAt: unknown }).vanishedAt !== null], [false, true]);
    const rows = items(await fixture.call("GET", "/audit")).filter(({ action }) => action === "sync");
    const users = rows.find(({ resource }) => resource === "users") as { before: object[]; after: object[] };
    assert.deepEqual([users.before.length, users.after.length], [2, 2]);
    assert.match(JSON.stringify(users.before), /"displayName":"Ann"/);
    assert.match(JSON.stringify(users.after), /"displayName":"Ann B\."/);
    assert.equal(rows.filter(({ resource }) => resource === "directory/sync").length, 2);
    fixture.clock.advance(7 * 86_400_000);
    assert.equal((await sync()).body.applied, 1);
    assert.equal((await fixture.call("GET", "/users/bea@example.com")).status, 404);
    assert.equal(await fixture.store.accounts.find("bea@example.com"), undefined);
    assert.deepEqual(await counts(), {
      entries: 1,
      add: 0,
      change: 0,
      disable: 0,
      enable: 0,
      delete: 1,
      unchanged: 1,
      problems: 0,
    });
  });

  test("gives nobody a Mail ID in a federated domain while users are known by those (R67)", async () => {
    await ready();
    await fixture.call("POST", "/sip-federated-domains", { body: { domain: "aol.com", integrationType: "aol" } });
    const on = { useEmailAddressWhenFederating: true, acknowledgeWarning: true };
    assert.equal((await fixture.call("PATCH", "/presence-settings", { body: on })).status, 200);
    const { people } = fixture.directory;
    people.set("k1", { uid: "ann", mail: "ann@mail.example" }).set("k2", { uid: "bea", mail: "bea@AIM.com" });
    const { body } = await sync();
    assert.deepEqual(body.problems, [
      {
        dn: "uid=bea,ou=people",
        reason:
          'mail "bea@AIM.com" is in aim.com, a SIP federated domain, while users are known by their mail address and was left away',
      },
    ]);
    const mailIds = items(await fixture.call("GET", "/users")).map(({ mailId }) => mailId);
    assert.deepEqual(mailIds, ["ann@mail.example", undefined]);
    const off = { useEmailAddressWhenFederating: false };
    await fixture.call("PATCH", "/presence-settings", { body: off });
    await sync();
    assert.equal((await fixture.call("GET", "/users/bea@example.com")).body.mailId, "bea@AIM.com");
  });

  test("runs one at a time; its progress can be read meanwhile", async () => {
    await ready({ pageSize: 1 });
    for (let n = 0; n < 3; n += 1) fixture.directory.people.set(`k${n}`, { uid: `u${n}` });
    let release = (): void => undefined;
    fixture.directory.held = new Promise((resolve) => {
      release = resolve;
    });
    const first = sync();
    const reading = async () => (await fixture.call("GET", "/directory/sync")).body.run as { state: string } | null;
    while ((await reading())?.state !== "reading") await new Promise((resolve) => setImmediate(resolve));
    const second = await sync();
    assert.deepEqual([second.status, second.body.type], [409, "sync-running"]);
    release();
    assert.equal((await first).body.state, "done");
    assert.equal((await sync()).status, 200);
  });

  test("that takes long is answered at once, and goes on", async () => {
    await ready({ pageSize: 1 });
    for (let n = 0; n < 2; n += 1) fixture.directory.people.set(`k${n}`, { uid: `u${n}` });
    let release = (): void => undefined;
    fixture.directory.held = new Promise((resolve) => {
      release = resolve;
    });
    const answer = sync();
    while (fixture.directory.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    fixture.clock.advance(20_000);
    const { status, body } = await answer;
    assert.deepEqual([status, body.state], [202, "reading"]);
    release();
    let state = "";
    while (state !== "done") {
      await new Promise((resolve) => setImmediate(resolve));
      state = ((await fixture.call("GET", "/directory/sync")).body.run as { state: string }).state;
    }
  });

  test("that fails says why and where, and changes nothing", async () => {
    await ready();
    fixture.directory.failure = new DirectoryError("base", "there is nothing of this name in the directory");
    const answer = await sync();
    assert.deepEqual([answer.status, answer.body.type, paths(answer)], [502, "directory-sync-failed", ["base"]]);
    const { run } = (await fixture.call("GET", "/directory/sync")).body as { run: { state: string; failure: unknown } };
    assert.equal(run.state, "failed");
    assert.deepEqual(run.failure, { path: "base", message: "there is nothing of this name in the directory" });
  });

  test("that finds nobody, or few, of those there were does nothing until it is accepted", async () => {
    await ready();
    for (let n = 0; n < 30; n += 1) fixture.directory.people.set(`k${n}`, { uid: `u${n}` });
    await sync();
    for (let n = 0; n < 16; n += 1) fixture.directory.people.delete(`k${n}`);
    const refused = await sync();
    assert.deepEqual([refused.status, paths(refused)], [502, ["filter"]]);
    assert.equal((await fixture.call("GET", "/users?find=enabled:is:false")).body.total, 0);
    assert.equal((await sync({ acceptVanished: true })).body.applied, 16);
    fixture.directory.people.clear();
    assert.equal((await sync()).status, 502);
    assert.equal((await fixture.call("GET", "/users?find=enabled:is:true")).body.total, 14);
  });

  test("leaves an account that was changed meanwhile to the next one", async () => {
    await ready({ pageSize: 1 });
    fixture.directory.people.set("k1", { uid: "ann" }).set("k2", { uid: "bea" });
    await sync();
    fixture.directory.people.set("k1", { uid: "ann", displayName: "Ann" });
    const ann = fixture.accounts.find(parseBareJid("ann@example.com") ?? assert.fail());
    assert.ok(ann !== undefined);
    let answer: ReturnType<typeof sync> | undefined;
    // While somebody else is at the accounts, the plan is made and waits for its turn.
    await fixture.accountTurns.take(async () => {
      answer = sync();
      const state = async () => (await fixture.call("GET", "/directory/sync")).body.run as { state: string };
      while ((await state()).state !== "applying") await new Promise((resolve) => setImmediate(resolve));
      await fixture.accounts.put({ ...ann, enabled: false });
    });
    const { body } = (await answer) ?? assert.fail();
    assert.deepEqual([body.applied, (body.counts as { problems: number }).problems], [0, 1]);
    const after = (await fixture.call("GET", "/users/ann@example.com")).body;
    assert.deepEqual([after.enabled, after.displayName], [false, undefined]);
  });

  test("that failed, or met problems, stands among the notifications until one goes well", async () => {
    await ready();
    const notices = async () => items(await fixture.call("GET", "/notifications?find=text:contains:directory"));
    const ids = async () => (await notices()).map(({ id }) => id);
    assert.deepEqual(await ids(), []);
    fixture.directory.failure = new DirectoryError("url", "the directory does not answer");
    await sync();
    assert.deepEqual(await ids(), ["directory-sync-failed"]);
    fixture.directory.failure = undefined;
    fixture.directory.people.set("k1", {});
    await sync();
    assert.deepEqual(await ids(), ["directory-problems"]);
    fixture.directory.people.set("k1", { uid: "ann" });
    await sync();
    assert.deepEqual(await ids(), []);
  });

  test("of an earlier start of the node can still be read", async () => {
    await ready();
    fixture.directory.people.set("k1", { uid: "ann" });
    await sync();
    const last = (await fixture.store.directoryRuns.last()) as { applied: number };
    assert.equal(last.applied, 1);
  });

  test("is for administrators, its outcome for auditors too", async () => {
    for (const token of [TOKENS.operator, TOKENS.auditor]) {
      assert.equal((await fixture.call("POST", "/directory/sync", { body: {}, token })).status, 403);
      assert.equal((await fixture.call("PUT", "/directory", { body: SOURCE, token })).status, 403);
      assert.equal((await fixture.call("GET", "/directory/sync", { token })).status, 200);
    }
  });
});

describe("a user who comes from the directory", () => {
  beforeEach(async () => {
    await ready();
    fixture.directory.people.set("k1", { uid: "ann", displayName: "Ann", mail: "ann@mail.example" });
    await sync();
  });
  const change = (body: object) => fixture.call("PUT", "/users/ann@example.com", { body });

  test("is told apart from those added here", async () => {
    const { body } = await fixture.call("GET", "/users/ann@example.com");
    assert.deepEqual(body.origin, { kind: "directory", dn: "uid=ann,ou=people", vanishedAt: null });
    assert.equal((await fixture.call("GET", "/users?find=origin:is:directory")).body.total, 1);
  });

  const OWNED = [{ displayName: "Anna" }, { displayName: "" }, { mailId: "a@mail.example" }, { password: "mine" }];
  for (const body of OWNED) {
    test(`is not changed here by ${JSON.stringify(body)}`, async () => {
      const answer = await change(body);
      assert.deepEqual([answer.status, answer.body.type], [409, "user-owned-by-directory"], answer.text);
      assert.deepEqual(paths(answer), Object.keys(body));
    });
  }

  test("can be disabled here, and a synchronisation leaves that alone", async () => {
    const shown = (await fixture.call("GET", "/users/ann@example.com")).body;
    const disabled = await change({ ...shown, enabled: false });
    assert.deepEqual([disabled.status, disabled.body.enabled, disabled.body.displayName], [200, false, "Ann"]);
    await sync();
    assert.equal((await fixture.call("GET", "/users/ann@example.com")).body.enabled, false);
    assert.equal((await change({ enabled: true })).body.enabled, true);
  });

  test("cannot be enabled here while she is not there", async () => {
    fixture.directory.people.set("k2", { uid: "bea" }).delete("k1");
    await sync();
    const answer = await change({ enabled: true });
    assert.deepEqual([answer.status, paths(answer)], [409, ["enabled"]]);
  });

  test("cannot be removed here while the next synchronisation would bring her back", async () => {
    const answer = await fixture.call("DELETE", "/users/ann@example.com");
    assert.deepEqual([answer.status, answer.body.type], [409, "user-owned-by-directory"]);
    fixture.directory.people.set("k2", { uid: "bea" }).delete("k1");
    await sync();
    assert.equal((await fixture.call("DELETE", "/users/ann@example.com")).status, 204);
  });

  test("becomes one of ours with a password, once the directory is off", async () => {
    await put({ ...SOURCE, enabled: false });
    const { body } = await change({ displayName: "Ann", password: "mine" });
    assert.deepEqual(body.origin, { kind: "administrator" });
    const account = fixture.accounts.find(parseBareJid("ann@example.com") ?? assert.fail());
    assert.deepEqual([account?.origin, account?.scram !== undefined], [undefined, true]);
  });
});
