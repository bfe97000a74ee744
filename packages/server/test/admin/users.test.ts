import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AdminFixture, items, paths } from "./admin-fixture.ts";

describe("users over the API", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
    const domain = { domain: "federated.example", integrationType: "microsoft" };
    await fixture.call("POST", "/sip-federated-domains", { body: domain });
  });
  after(() => fixture.stop());

  const add = (body: object) => fixture.call("POST", "/users", { body });

  test("a user is added with a prepared address, and the password never comes back", async () => {
    const added = await add({ jid: "Alice@EXAMPLE.com", displayName: "Alice", password: "top secret" });
    assert.equal(added.status, 201, added.text);
    assert.deepEqual(added.body, {
      jid: "alice@example.com",
      displayName: "Alice",
      enabled: true,
      node: "imp1",
      origin: { kind: "administrator" },
      federationAddress: "alice@example.com",
      addresses: [{ jid: "alice@example.com", sipUri: "sip:alice@example.com", looksLike: [], mixesScripts: false }],
    });
    assert.deepEqual(fixture.passwords, ["top secret"]);
    const read = await fixture.call("GET", "/users/alice%40example.com");
    const audit = await fixture.call("GET", "/audit");
    for (const text of [added.text, read.text, audit.text]) assert.doesNotMatch(text, /secret|scram|storedKey/i);
    assert.match(audit.text, /users\/alice@example\.com/);
  });

  const BAD = [
    [{ jid: "bob@other.example", password: "x" }, 400, "jid"],
    [{ jid: "bob@federated.example", password: "x" }, 400, "jid"],
    [{ jid: "bob@example.com", password: "x", node: "imp9" }, 400, "node"],
    [{ jid: "example.com", password: "x" }, 400, "jid"],
    [{ jid: "@example.com", password: "x" }, 400, "jid"],
    [{ jid: "bob@example.com/phone", password: "x" }, 400, "jid"],
    [{ jid: "b ob@example.com", password: "x" }, 400, "jid"],
    [{ jid: "bob@example.com" }, 400, "password"],
    [{ jid: "bob@example.com", password: "" }, 400, "password"],
    [{ jid: "bob@example.com", password: 7 }, 400, "password"],
    [{ jid: "bob@example.com", password: "bell\u0007" }, 400, "password"],
    [{ jid: "bob@example.com", password: "x", mailId: "nobody" }, 400, "mailId"],
    [{ jid: "bob@example.com", password: "x", admin: true }, 400, "admin"],
    [{ jid: "ALICE@example.com", password: "x" }, 409, "jid"],
  ] as const;
  for (const [body, status, path] of BAD) {
    test(`${JSON.stringify(body)} is refused for ${path}`, async () => {
      const answer = await add(body);
      assert.equal(answer.status, status, answer.text);
      assert.deepEqual(paths(answer), [path]);
    });
  }

  test("the same user twice at once is added once", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => add({ jid: "twin@example.com", password: "x" })));
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409]);
  });

  test("a replacement keeps the password unless it brings one, and forgets what it does not say", async () => {
    await add({ jid: "carol@example.com", displayName: "Carol", password: "first", mailId: "carol@mail.example" });
    const read = (await fixture.call("GET", "/users/carol@example.com")).body;
    assert.equal(read.federationAddress, "carol@mail.example");
    const disabled = await fixture.call("PUT", "/users/carol@example.com", { body: { ...read, enabled: false } });
    assert.equal(disabled.status, 200, disabled.text);
    assert.equal(disabled.body.enabled, false);
    assert.equal(fixture.passwords.at(-1), "first");
    const changed = await fixture.call("PUT", "/users/carol@example.com", { body: { password: "second" } });
    assert.equal(changed.body.displayName, undefined);
    assert.equal(changed.body.enabled, false);
    assert.equal(fixture.passwords.at(-1), "second");
    const renamed = await fixture.call("PUT", "/users/carol@example.com", { body: { jid: "dora@example.com" } });
    assert.deepEqual(paths(renamed), ["jid"]);
    assert.equal((await fixture.call("PUT", "/users/nobody@example.com", { body: {} })).status, 404);
  });

  test("a mail address belongs to one user", async () => {
    await add({ jid: "erin@example.com", password: "x", mailId: "erin@mail.example" });
    const twin = await add({ jid: "erin2@example.com", password: "x", mailId: "ERIN@mail.example" });
    assert.deepEqual([twin.status, paths(twin)], [400, ["mailId"]]);
  });

  test("a removed user is gone, from the disk too", async () => {
    await add({ jid: "frank@example.com", password: "x" });
    assert.equal((await fixture.call("DELETE", "/users/frank@example.com")).status, 204);
    assert.equal((await fixture.call("GET", "/users/frank@example.com")).status, 404);
    assert.equal(await fixture.store.accounts.find("frank@example.com"), undefined);
    assert.equal((await fixture.call("DELETE", "/users/frank@example.com")).status, 404);
  });

  test("a user is assigned to a node of the cluster, and a list can be searched for it", async () => {
    const added = await add({ jid: "nora@example.com", password: "x", node: "imp1" });
    assert.equal(added.body.node, "imp1");
    const elsewhere = await fixture.call("PUT", "/users/nora@example.com", { body: { node: "imp2" } });
    assert.deepEqual([elsewhere.status, paths(elsewhere)], [400, ["node"]]);
    const found = await fixture.call(
      "GET",
      "/users?find=node:is:imp1&find=jid:is:nora@example.com&find=origin:is:administrator",
    );
    assert.equal(found.body.total, 1);
    assert.equal((await fixture.call("GET", "/users?find=node:is:imp2")).body.total, 0);
  });

  test("a list is searched, and goes on from page to page", async () => {
    await add({ jid: "olga@example.com", password: "x", enabled: false });
    const off = await fixture.call("GET", "/users?find=enabled:is:false&find=jid:begins-with:olga");
    assert.deepEqual(
      items(off).map(({ jid }) => jid),
      ["olga@example.com"],
    );
    const seen: unknown[] = [];
    for (let cursor = ""; ; ) {
      const page = await fixture.call("GET", `/users?limit=3${cursor === "" ? "" : `&cursor=${cursor}`}`);
      seen.push(...items(page).map(({ jid }) => jid));
      if (page.body.nextCursor === null) break;
      cursor = String(page.body.nextCursor);
    }
    assert.equal(seen.length, (await fixture.call("GET", "/users")).body.total);
    assert.deepEqual(seen, [...new Set(seen)].sort());
    assert.deepEqual(paths(await fixture.call("GET", "/users?find=password:is:x")), ["find"]);
  });

  const importCsv = (text: string) =>
    fixture.call("POST", "/users/import", { body: text, headers: { "content-type": "text/csv" } });

  test("users come as CSV too", async () => {
    const answer = await importCsv(
      "jid,password,displayName,enabled\npia@example.com,x,Pia,no\nrita@example.com,y,,\n",
    );
    assert.deepEqual([answer.status, answer.body], [201, { imported: 2 }]);
    const pia = (await fixture.call("GET", "/users/pia@example.com")).body;
    assert.deepEqual([pia.displayName, pia.enabled], ["Pia", false]);
  });

  const BAD_CSV = [
    ["password\nx\n", "lines.1"],
    ["jid,password\nsue@example.com\n", "lines.2"],
    ["jid,password\n\nsue@example.com,\n", "lines.3.password"],
    ["jid,password\nsue@example.com,x\nsue@example.com,x\n", "lines.3.jid"],
    ["jid,password\nsue@example.com,x\nalice@example.com,x\n", "lines.3.jid"],
    ["jid,password\nsue@example.com,x\ntina@elsewhere.example,x\n", "lines.3.jid"],
    ["jid,password,mailId\nsue@example.com,x,\ntina@example.com,x,nobody\n", "lines.3.mailId"],
    ["jid,password,node\nsue@example.com,x,\ntina@example.com,x,imp7\n", "lines.3.node"],
    ["jid,password\nsue@example.com,x\ntina@example.com,bell\u0007\n", "lines.3.password"],
    ['jid,password\nsue@example.com,"x\n', "lines.2"],
    ["", ""],
  ] as const;
  for (const [text, path] of BAD_CSV) {
    test(`CSV ${JSON.stringify(text)} is refused whole, for ${path}`, async () => {
      const answer = await importCsv(text);
      assert.equal(answer.status, 400, answer.text);
      assert.deepEqual(paths(answer), [path]);
      assert.equal((await fixture.call("GET", "/users/sue@example.com")).status, 404);
    });
  }

  test("an import is all or nothing and names the line", async () => {
    const bad = await fixture.call("POST", "/users/import", {
      body: {
        users: [
          { jid: "gina@example.com", password: "x" },
          { jid: "gina@example.com", password: "x" },
          { jid: "henry@other.example", password: "x" },
          { jid: "alice@example.com", password: "x" },
        ],
      },
    });
    assert.equal(bad.status, 400);
    assert.deepEqual(paths(bad), ["users.1.jid", "users.2.jid", "users.3.jid"]);
    assert.equal((await fixture.call("GET", "/users/gina@example.com")).status, 404);
    const users = Array.from({ length: 50 }, (_, index) => ({ jid: `user${index}@example.com`, password: "x" }));
    const good = await fixture.call("POST", "/users/import", { body: { users } });
    assert.deepEqual([good.status, good.body], [201, { imported: 50 }]);
    assert.equal(items(await fixture.call("GET", "/users?find=jid:begins-with:user&limit=1000")).length, 50);
  });
});
