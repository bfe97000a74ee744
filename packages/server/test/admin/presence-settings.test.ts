import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { AdminFixture, type Answer, items, paths } from "./admin-fixture.ts";

const ON = { useEmailAddressWhenFederating: true, acknowledgeWarning: true };

describe("presence settings over the API", () => {
  let fixture: AdminFixture;
  beforeEach(async () => {
    fixture = await AdminFixture.start();
  });
  afterEach(() => fixture.stop());

  const patch = (body: unknown, token?: string) =>
    fixture.call("PATCH", "/presence-settings", token === undefined ? { body } : { body, token });
  const read = async () => (await fixture.call("GET", "/presence-settings")).body;
  const addUser = (jid: string, mailId?: string) =>
    fixture.call("POST", "/users", { body: { jid, password: "x", ...(mailId === undefined ? {} : { mailId }) } });
  const federate = (domain: string) =>
    fixture.call("POST", "/sip-federated-domains", { body: { domain, integrationType: "standard" } });

  test("begin with JIDs, asking, and 200 of each", async () => {
    assert.deepEqual(await read(), {
      useEmailAddressWhenFederating: false,
      acceptJidUntil: null,
      allowWithoutApproval: false,
      maxContactListSize: 200,
      maxWatchers: 200,
    });
  });

  test("are changed one by one, null is no limit, and each change is in the audit", async () => {
    const answer = await patch({ maxContactListSize: null, maxWatchers: 5 });
    assert.equal(answer.status, 200, answer.text);
    await patch({ allowWithoutApproval: true });
    const { maxContactListSize, maxWatchers, allowWithoutApproval } = await read();
    assert.deepEqual([maxContactListSize, maxWatchers, allowWithoutApproval], [null, 5, true]);
    const audit = items(await fixture.call("GET", "/audit")).filter(({ resource }) => resource === "presence-settings");
    assert.equal(audit.length, 2);
    assert.match(JSON.stringify(audit), /"before":\{[^}]*"maxWatchers":200.*"after":\{[^}]*"maxWatchers":5/);
  });

  const BAD: readonly (readonly [object, string])[] = [
    [{ useEmailAddressWhenFederating: "yes" }, "useEmailAddressWhenFederating"],
    [{ allowWithoutApproval: 1 }, "allowWithoutApproval"],
    [{ maxContactListSize: 0 }, "maxContactListSize"],
    [{ maxContactListSize: 1.5 }, "maxContactListSize"],
    [{ maxWatchers: -1 }, "maxWatchers"],
    [{ maxWatchers: 1_000_001 }, "maxWatchers"],
    [{ maxWatchers: "200" }, "maxWatchers"],
    [{ acceptJidUntil: "tomorrow" }, "acceptJidUntil"],
    [{ acceptJidUntil: 7 }, "acceptJidUntil"],
    [{ acceptJidUntil: "1999-01-01T00:00:00Z" }, "acceptJidUntil"],
    [{ maxWatcher: 3 }, "maxWatcher"],
  ];
  for (const [body, path] of BAD) {
    test(`${JSON.stringify(body)} is refused for ${path}, and nothing is written`, async () => {
      const before = await read();
      const answer = await patch({ maxContactListSize: 17, ...body });
      assert.equal(answer.status, 400, answer.text);
      assert.deepEqual(paths(answer), [path]);
      assert.deepEqual(await read(), before);
    });
  }

  test("only an administrator changes them", async () => {
    assert.equal((await patch({ maxWatchers: 1 }, "operator-token")).status, 403);
    assert.equal((await fixture.call("GET", "/presence-settings", { token: "auditor-token" })).status, 200);
  });

  test("mail addresses are switched on only by one who has read the warning (R76); off without", async () => {
    for (const body of [
      { useEmailAddressWhenFederating: true },
      { useEmailAddressWhenFederating: true, acknowledgeWarning: false },
    ]) {
      const refused = await patch(body);
      assert.deepEqual([refused.status, refused.body.type], [409, "warning-not-acknowledged"]);
      assert.deepEqual(paths(refused), ["acknowledgeWarning"]);
      assert.equal((await read()).useEmailAddressWhenFederating, false);
    }
    assert.equal((await patch(ON)).status, 200);
    assert.equal((await patch({ useEmailAddressWhenFederating: true, maxWatchers: 9 })).status, 200);
    assert.equal((await patch({ useEmailAddressWhenFederating: false })).status, 200);
    assert.equal((await read()).useEmailAddressWhenFederating, false);
  });

  test("the time in which JIDs are accepted is kept and shown as it was given", async () => {
    const until = new Date(fixture.clock.now() + 86_400_000).toISOString();
    assert.equal((await patch({ ...ON, acceptJidUntil: until })).body.acceptJidUntil, until);
    fixture.clock.advance(2 * 86_400_000);
    // What a reader was shown may be sent back.
    assert.equal((await patch({ acceptJidUntil: until, maxWatchers: 3 })).status, 200);
    assert.equal((await patch({ acceptJidUntil: null })).body.acceptJidUntil, null);
  });

  test("a mail domain and a federated domain exclude each other, whichever comes first", async () => {
    await addUser("alice@example.com", "alice@mail.example");
    const warned = await federate("mail.example");
    assert.equal(warned.status, 201);
    assert.match(warned.text, /users of ours have mail addresses in mail\.example: 1/);
    const collision = await patch(ON);
    assert.deepEqual([collision.status, collision.body.type], [409, "mail-domain-federated"]);
    await fixture.call("DELETE", "/sip-federated-domains/mail.example");
    assert.equal((await patch(ON)).status, 200);
    const refused = await federate("mail.example");
    assert.deepEqual([refused.status, refused.body.type, paths(refused)], [409, "domain-is-mail-domain", ["domain"]]);
    await federate("contoso.example");
    const foreign = await addUser("bob@example.com", "bob@contoso.example");
    assert.deepEqual([foreign.status, paths(foreign)], [400, ["mailId"]]);
    const changed = await fixture.call("PUT", "/users/alice@example.com", { body: { mailId: "a@contoso.example" } });
    assert.deepEqual([changed.status, paths(changed)], [400, ["mailId"]]);
    await patch({ useEmailAddressWhenFederating: false });
    assert.equal((await addUser("bob@example.com", "bob@contoso.example")).status, 201);
  });

  test("an alias of a federated domain is foreign as well (R9)", async () => {
    const addAol = (integrationType: string) =>
      fixture.call("POST", "/sip-federated-domains", { body: { domain: "aol.com", integrationType } });
    const retype = (integrationType: string) =>
      fixture.call("PUT", "/sip-federated-domains/aol.com", { body: { domain: "aol.com", integrationType } });
    await addUser("alice@example.com", "alice@aim.com");
    assert.match((await addAol("aol")).text, /users of ours have mail addresses in aim\.com: 1/);
    assert.equal((await patch(ON)).body.type, "mail-domain-federated");
    assert.equal((await retype("standard")).status, 200);
    assert.equal((await patch(ON)).status, 200);
    const refused = await retype("aol");
    assert.deepEqual([refused.status, refused.body.type], [409, "domain-is-mail-domain"]);
  });

  test("with mail domains that are not the proxy domain, the routing FQDN must be in one of them (R70)", async () => {
    await addUser("alice@example.com", "alice@mail.example");
    const warned = await patch(ON);
    assert.match(warned.text, /"warnings":.*federationRoutingFqdn.*mail\.example.*imp1\.example\.com is no name there/);
    await fixture.call("PATCH", "/service-parameters/sip-proxy", {
      body: { federationRoutingFqdn: "sip.mail.example" },
    });
    assert.equal((await patch({ maxWatchers: 4 })).body.warnings, undefined);
  });
});

describe("dropped requests over the API", () => {
  let fixture: AdminFixture;
  beforeEach(async () => {
    fixture = await AdminFixture.start();
    const drop = { addressed: "x@example.com", method: "MESSAGE", count: 3, firstAt: 0 };
    fixture.emailDrops.push(
      { ...drop, sender: "bob@contoso.example", user: "alice@example.com", lastAt: 1000 },
      { ...drop, sender: "eve@fabrikam.example", user: "alice@example.com", lastAt: 3000 },
      { ...drop, sender: "bob@contoso.example", user: "carol@example.com", lastAt: 2000 },
    );
  });
  afterEach(() => fixture.stop());

  const list = async (query = "") =>
    items(await fixture.call("GET", `/presence-settings/email-drops${query}`, { token: "auditor-token" }));

  test("are told newest first, page by page", async () => {
    const all = await list();
    assert.deepEqual(
      all.map(({ lastAt }) => lastAt),
      [3, 2, 1].map((second) => new Date(second * 1000).toISOString()),
    );
    assert.deepEqual([all[0]?.peer, all[0]?.count], ["fabrikam.example", 3]);
    const first = await fixture.call("GET", "/presence-settings/email-drops?limit=2");
    const rest = await list(`?limit=2&cursor=${String(first.body.nextCursor)}`);
    assert.deepEqual([items(first).length, rest.length, rest[0]?.user], [2, 1, "alice@example.com"]);
  });

  test("are found by user, by sender and by the sender's domain", async () => {
    assert.equal((await list("?user=alice@example.com")).length, 2);
    assert.equal((await list("?peer=bob@contoso.example")).length, 2);
    assert.equal((await list("?peer=fabrikam.example")).length, 1);
    assert.equal((await list("?peer=fabrikam.example&user=carol@example.com")).length, 0);
    assert.deepEqual(paths(await fixture.call("GET", "/presence-settings/email-drops?sender=x")), ["sender"]);
  });
});

describe("Mail IDs (R67, R69)", () => {
  let fixture: AdminFixture;
  beforeEach(async () => {
    fixture = await AdminFixture.start();
    const users = [
      { jid: "alice@example.com", password: "x", mailId: "alice@mail.example" },
      { jid: "carol@example.com", password: "x" },
    ];
    assert.equal((await fixture.call("POST", "/users/import", { body: { users } })).status, 201);
  });
  afterEach(() => fixture.stop());

  const add = (body: object): Promise<Answer> =>
    fixture.call("POST", "/users", { body: { jid: "bob@example.com", password: "x", ...body } });

  const BAD: readonly (readonly [object, string])[] = [
    [{ mailId: "bob" }, "mailId"],
    [{ mailId: "@mail.example" }, "mailId"],
    [{ mailId: "bob@" }, "mailId"],
    [{ mailId: "bob@192.0.2.1" }, "mailId"],
    [{ mailId: "b ob@mail.example" }, "mailId"],
    [{ mailId: "bob@mail.example, rob@mail.example" }, "mailId"],
    [{ mailId: "b\u0000b@mail.example" }, "mailId"],
    [{ mailId: "ALICE@Mail.Example" }, "mailId"],
    [{ mailId: "carol@example.com" }, "mailId"],
    [{ jid: "alice@mail.example" }, "jid"],
  ];
  for (const [body, path] of BAD) {
    test(`${JSON.stringify(body)} is refused for ${path}`, async () => {
      const answer = await add(body);
      assert.equal(answer.status, 400, answer.text);
      assert.deepEqual(paths(answer), [path]);
      assert.equal((await fixture.call("GET", "/users/bob@example.com")).status, 404);
    });
  }

  test("one may be the user's own JID, and her own may stay", async () => {
    assert.equal((await add({ mailId: "Bob@Example.com" })).status, 201);
    const read = (await fixture.call("GET", "/users/alice@example.com")).body;
    assert.equal((await fixture.call("PUT", "/users/alice@example.com", { body: read })).status, 200);
  });

  test("a new user's JID must not be somebody's mail address", async () => {
    await fixture.call("PUT", "/users/alice@example.com", { body: { mailId: "al@example.com" } });
    const answer = await add({ jid: "al@example.com" });
    assert.deepEqual([answer.status, paths(answer)], [400, ["jid"]]);
  });

  test("an import is checked against itself", async () => {
    const users = [
      { jid: "dora@example.com", password: "x", mailId: "erin@example.com" },
      { jid: "erin@example.com", password: "x" },
      { jid: "frank@example.com", password: "x", mailId: "ERIN@example.com" },
    ];
    const answer = await fixture.call("POST", "/users/import", { body: { users } });
    assert.deepEqual([answer.status, paths(answer)], [400, ["users.1.jid", "users.2.mailId"]]);
  });
});
