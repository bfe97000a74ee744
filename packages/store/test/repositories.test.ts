import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { FakeClock } from "@interpres/testkit";
import type { AccountRecord, RosterEntry } from "@interpres/xmpp";
import type { Store } from "../src/index.ts";
import { openTestStore, type TestShapes, temporaryDirectory } from "./temporary-store.ts";

const keys = { salt: "c2FsdA==", iterations: 4096, storedKey: "c3RvcmVk", serverKey: "c2VydmVy" };
const account = (jid: string): AccountRecord => ({ jid, enabled: true, scram: { sha1: keys, sha256: keys } });
const entry = (jid: string, version: number): RosterEntry => ({
  jid,
  kind: "item",
  state: { subscription: "both" } as unknown as RosterEntry["state"],
  approval: "not-approved",
  groups: ["Friends"],
  version,
});

describe("runs of the directory", () => {
  test("only the last is kept, with an audit row for each", async () => {
    const directory = temporaryDirectory();
    const store = await openTestStore(directory.path);
    const audit = { actor: "admin", action: "sync", resource: "directory" };
    assert.equal(await store.directoryRuns.last(), undefined);
    await store.directoryRuns.keep({ run: 1 }, audit);
    await store.directoryRuns.keep({ run: 2 }, audit);
    assert.deepEqual(await store.directoryRuns.last(), { run: 2 });
    assert.equal((await store.audit.list({ limit: 10 })).length, 2);
    await store.close();
    directory.remove();
  });
});

describe("repositories", () => {
  const directory = temporaryDirectory();
  const clock = new FakeClock();
  let store: Store<TestShapes>;
  before(async () => {
    store = await openTestStore(directory.path, clock);
  });
  after(async () => {
    await store.close();
    directory.remove();
  });

  test("receipts are replaced, come back the oldest first, and are forgotten after a week", async () => {
    const now = clock.now();
    const day = 24 * 3600 * 1000;
    store.receipts.put({ id: "new", at: now });
    store.receipts.put({ id: "old", at: now - 8 * day });
    store.receipts.put({ id: "gone", at: now });
    store.receipts.put({ id: "new", at: now });
    store.receipts.put({ id: "older", at: now - 6 * day });
    store.receipts.remove("gone");
    await store.flush();
    const ids = async () => (await store.receipts.load()).map(({ id }) => id);
    assert.deepEqual(await ids(), ["older", "new"]);
    clock.advance(2 * day);
    assert.deepEqual(await ids(), ["new"]);
  });

  test("an account is replaced, and removed with all that was kept for it", async () => {
    const jid = "alice@example.com";
    await store.accounts.put(account(jid));
    await store.accounts.put({ ...account(jid), displayName: "Alice" });
    assert.equal((await store.accounts.find(jid))?.displayName, "Alice");
    await store.rosters.save(jid, { version: 1, floor: 0, put: entry("bob@contoso.example", 1), drop: [] });
    await store.blocks.add(jid, ["eve@contoso.example"]);
    await store.outsiders.put(jid, { domain: "contoso.example", decision: "block" });
    await store.offline.append(jid, { id: "m1", storedAt: 1, stanza: "<message/>" }, { messages: 9, characters: 999 });
    await store.accounts.remove(jid);
    assert.equal(await store.accounts.find(jid), undefined);
    assert.equal(await store.rosters.load(jid), undefined);
    assert.deepEqual(await store.blocks.load(jid), []);
    assert.deepEqual(await store.outsiders.load(jid), []);
    assert.deepEqual(await store.offline.load(jid), []);
  });

  test("a roster change puts one entry and drops others", async () => {
    const jid = "carol@example.com";
    await store.rosters.save(jid, { version: 1, floor: 0, put: entry("a@x.example", 1), drop: [] });
    await store.rosters.save(jid, { version: 2, floor: 0, put: entry("b@x.example", 2), drop: [] });
    await store.rosters.save(jid, { version: 3, floor: 2, put: entry("b@x.example", 3), drop: ["a@x.example"] });
    const roster = await store.rosters.load(jid);
    assert.deepEqual(roster, { version: 3, floor: 2, entries: [entry("b@x.example", 3)] });
  });

  test("a block list holds each address once", async () => {
    const jid = "dan@example.com";
    await store.blocks.add(jid, ["a@x.example", "b@x.example"]);
    await store.blocks.add(jid, ["b@x.example", "c@x.example"]);
    await store.blocks.remove(jid, ["a@x.example"]);
    assert.deepEqual(await store.blocks.load(jid), ["b@x.example", "c@x.example"]);
  });

  test("one decision holds for a foreign domain, the latest", async () => {
    const jid = "fay@example.com";
    await store.outsiders.put(jid, { domain: "a.example", decision: "block" });
    await store.outsiders.put(jid, { domain: "", decision: "allow" });
    await store.outsiders.put(jid, { domain: "a.example", decision: "allow" });
    const both = [
      { domain: "", decision: "allow" },
      { domain: "a.example", decision: "allow" },
    ];
    assert.deepEqual(await store.outsiders.load(jid), both);
    await store.outsiders.remove(jid, "a.example");
    assert.deepEqual(await store.outsiders.load(jid), both.slice(0, 1));
    await store.outsiders.removeAll(jid);
    assert.deepEqual(await store.outsiders.load(jid), []);
  });

  test("stored messages come back oldest first and stop at either limit", async () => {
    const jid = "erin@example.com";
    const message = (id: string) => ({ id, storedAt: 5, stanza: "0123456789" });
    const byCount = { messages: 2, characters: 1000 };
    const results = await Promise.all(["z", "y", "x"].map((id) => store.offline.append(jid, message(id), byCount)));
    assert.deepEqual(results, ["stored", "stored", "full"]);
    assert.equal(await store.offline.append(jid, message("w"), { messages: 10, characters: 29 }), "full");
    assert.equal(await store.offline.append(jid, message("v"), { messages: 10, characters: 30 }), "stored");
    assert.deepEqual(await store.offline.load(jid), [message("z"), message("y"), message("v")]);
    await store.offline.remove(jid, ["y", "unknown"]);
    assert.equal((await store.offline.load(jid)).length, 2);
    assert.equal(await store.offline.append("frank@example.com", message("u"), { messages: 0, characters: 9 }), "full");
  });

  test("watches are replaced by id and removed", async () => {
    await new Promise<void>((durable) => {
      store.watches.put({ id: "w1", direction: "inbound", state: "pending" });
      store.watches.put({ id: "w1", direction: "inbound", state: "active" }, durable);
    });
    assert.deepEqual(await store.watches.load(), [{ id: "w1", direction: "inbound", state: "active" }]);
    store.watches.remove("w1");
    assert.deepEqual(await store.watches.load(), []);
  });

  test("dropped requests are kept by sender and user, oldest first, with the time of the first", async () => {
    const drop = { sender: "bob@x.example", user: "a@example.com", addressed: "a@example.com", method: "MESSAGE" };
    store.emailDrops.put({ ...drop, count: 1, firstAt: 10, lastAt: 10 });
    store.emailDrops.put({ ...drop, user: "c@example.com", count: 1, firstAt: 20, lastAt: 20 });
    store.emailDrops.put({ ...drop, method: "INVITE", count: 2, firstAt: 10, lastAt: 30 });
    const kept = await store.emailDrops.load();
    assert.deepEqual(
      kept.map(({ user, method, count, firstAt }) => [user, method, count, firstAt]),
      [
        ["c@example.com", "MESSAGE", 1, 20],
        ["a@example.com", "INVITE", 2, 10],
      ],
    );
    store.emailDrops.remove({ sender: "bob@x.example", user: "a@example.com" });
    assert.equal((await store.emailDrops.load()).length, 1);
  });

  test("the journal comes back in order, without what was removed, also when the clock was set back", async () => {
    const late = new FakeClock(clock.now() - 3_600_000);
    store.journal.append({ id: "b", body: "1" }, () => undefined);
    store.journal.append({ id: "a", body: "2" }, () => undefined);
    store.journal.remove("b");
    await store.journal.load();
    await store.close();
    store = await openTestStore(directory.path, late);
    store.journal.append({ id: "0", body: "3" }, () => undefined);
    assert.deepEqual(
      (await store.journal.load()).map((row) => row.id),
      ["a", "0"],
    );
  });

  test("decisions are found by user, peer domain and time, and go after seven days", async () => {
    const decide = (id: string, user: string, peer: string) =>
      store.decisions.keep({
        id,
        at: clock.now(),
        kind: "message",
        direction: "inbound",
        user,
        peer,
        decisions: [],
        result: "delivered",
      });
    await store.close();
    store = await openTestStore(directory.path, clock);
    decide("1", "alice@example.com", "bob@contoso.example");
    clock.advance(24 * 3_600_000);
    decide("2", "alice@example.com", "contoso.example");
    const found = async (query: object) => (await store.decisions.query(query)).map((event) => event.id);
    assert.deepEqual(await found({}), ["2", "1"]);
    assert.deepEqual(await found({ peer: "contoso.example" }), ["2", "1"]);
    assert.deepEqual(await found({ peer: "bob@contoso.example" }), ["1"]);
    assert.deepEqual(await found({ since: clock.now() }), ["2"]);
    assert.ok(!(await found({ until: clock.now() })).includes("2"));
    assert.deepEqual(await found({ user: "carol@example.com" }), []);
    decide("3", "alice@example.com", "sip:Dan@Fabrikam.example:5061;user=phone");
    for (const peer of ["fabrikam.example", "dan@fabrikam.example", "sip:dan@Fabrikam.example"])
      assert.deepEqual(await found({ peer }), ["3"], peer);
    clock.advance(6.1 * 24 * 3_600_000);
    assert.deepEqual(await found({}), ["3", "2"]);
  });

  test("of a flood of decisions a sample is kept", async () => {
    for (let index = 0; index < 3000; index += 1)
      store.decisions.keep({
        id: `flood-${index}`,
        at: clock.now(),
        kind: "request",
        direction: "inbound",
        user: "flood@example.com",
        decisions: [],
        result: "refused 403",
      });
    const kept = await store.decisions.query({ user: "flood@example.com", limit: 5000 });
    assert.ok(kept.length >= 500 && kept.length < 1500, `${kept.length} kept`);
  });

  test("certificates answer from memory and survive", async () => {
    const audit = { actor: "admin", action: "update", resource: "certificates/own/sip" };
    let told = 0;
    store.certificates.onChange(() => {
      told += 1;
    });
    await store.certificates.putRequest("sip", "REQUEST KEY", audit);
    assert.equal(await store.certificates.requestKey("sip"), "REQUEST KEY");
    await store.certificates.putOwn("sip", { chainPem: "CHAIN", keyPem: "KEY" }, audit);
    await store.certificates.addTrusted({ id: "t1", pem: "PEM", description: "peer" }, audit);
    assert.equal(told, 2);
    await store.close();
    store = await openTestStore(directory.path, clock);
    assert.deepEqual(store.certificates.own("sip"), { chainPem: "CHAIN", keyPem: "KEY" });
    assert.equal(store.certificates.own("xmpp"), undefined);
    assert.equal(await store.certificates.requestKey("sip"), undefined);
    assert.deepEqual(
      store.certificates.trusted().map((trusted) => trusted.id),
      ["t1"],
    );
    await store.certificates.removeTrusted("t1", audit);
    assert.deepEqual(store.certificates.trusted(), []);
  });

  test("trusted certificates that are written at the same time are all there, in memory as on the disk", async () => {
    const audit = { actor: "admin", action: "create", resource: "certificates/trust" };
    const add = (id: string, description = "") => store.certificates.addTrusted({ id, pem: "PEM", description }, audit);
    await add("old");
    clock.advance(1000);
    await Promise.all([add("a"), add("b"), add("old", "described"), store.certificates.removeTrusted("a", audit)]);
    const byId = () => store.certificates.trusted().toSorted((one, other) => one.id.localeCompare(other.id));
    const inMemory = byId();
    assert.deepEqual(
      inMemory.map(({ id, description, addedAt }) => [id, description, clock.now() - addedAt]),
      [
        ["b", "", 0],
        ["old", "described", 1000],
      ],
    );
    await store.close();
    store = await openTestStore(directory.path, clock);
    assert.deepEqual(byId(), inMemory);
  });

  test("replacing an administrator ends the sessions, removing one too", async () => {
    const audit = { actor: "admin", action: "create", resource: "administrators/op" };
    const op = { name: "op", role: "operator", passwordHash: "$argon2id$1", createdAt: clock.now() } as const;
    const session = { administrator: "op", createdAt: clock.now(), expiresAt: clock.now() + 1000 };
    await store.administrators.add(op, audit);
    await assert.rejects(store.administrators.add(op, audit), { code: "conflict" });
    await store.sessions.add({ ...session, id: "s1" }, audit);
    assert.equal((await store.sessions.find("s1"))?.administrator, "op");
    await store.administrators.replace({ ...op, passwordHash: "$argon2id$2" }, audit);
    assert.equal(await store.sessions.find("s1"), undefined);
    await store.sessions.add({ ...session, id: "s2" }, audit);
    clock.advance(2000);
    await store.sessions.add({ ...session, id: "s3", createdAt: clock.now(), expiresAt: clock.now() + 1 }, audit);
    assert.equal(await store.sessions.find("s2"), undefined);
    await store.administrators.remove("op", audit);
    assert.deepEqual(await store.administrators.list(), []);
    assert.equal(await store.sessions.find("s3"), undefined);
  });
});
