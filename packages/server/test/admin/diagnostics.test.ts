import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { instantText } from "../../src/admin/http/instant.ts";
import { AdminFixture, items, PASSWORD, paths, TOKENS } from "./admin-fixture.ts";

describe("diagnostics over the API", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
    for (const [id, user, contact] of [
      ["s1", "alice@example.com", "bob@contoso.example"],
      ["s2", "carol@example.com", "dan@fabrikam.example"],
    ] as const)
      fixture.subscriptions.push({
        id,
        direction: "outbound",
        user,
        contact,
        ...(id === "s1" ? { contactUri: "sip:Bob@Contoso.example" } : {}),
        peer: contact.split("@")[1] ?? "",
        authorization: "granted",
        state: "active",
        expiresAt: null,
      });
    fixture.connections.push({
      id: "c1",
      protocol: "tls",
      direction: "inbound",
      remoteAddress: "192.0.2.9",
      remotePort: 40000,
      localPort: 5061,
      peer: "edge.contoso.example",
      tls: null,
      isDraining: false,
    });
  });
  after(() => fixture.stop());

  const ids = async (path: string) => items(await fixture.call("GET", path)).map((item) => item.id);

  test("traffic is counted by the minute, up to now", async () => {
    const at = fixture.clock.now();
    const always = { id: "e", at, peer: "bob@contoso.example", decisions: [], direction: "inbound" } as const;
    fixture.traffic.saw({ ...always, kind: "message", result: "delivered" });
    const { body } = await fixture.call("GET", "/traffic");
    assert.deepEqual([body.from, body.until], [instantText(at), instantText(at)]);
    assert.deepEqual(body.minutes, [
      {
        at: instantText(Math.floor(at / 60_000) * 60_000),
        passed: { presenceIn: 0, presenceOut: 0, imIn: 1, imOut: 0 },
        failed: { presenceIn: 0, presenceOut: 0, imIn: 0, imOut: 0 },
      },
    ]);
  });

  test("A8: each live thing has its addresses in both forms, the contact as his requests write him", async () => {
    const [bobs] = items(await fixture.call("GET", "/subscriptions?peer=bob@contoso.example"));
    const plain = { looksLike: [], mixesScripts: false };
    assert.deepEqual(bobs?.addresses, [
      { jid: "alice@example.com", sipUri: "sip:alice@example.com", ...plain },
      { jid: "bob@contoso.example", sipUri: "sip:Bob@Contoso.example", ...plain },
    ]);
    assert.equal("contactUri" in (bobs ?? {}), false);
  });

  test("live things are found by user and by peer", async () => {
    assert.deepEqual(await ids("/subscriptions"), ["s1", "s2"]);
    assert.deepEqual(await ids("/subscriptions?peer=contoso.example"), ["s1"]);
    assert.deepEqual(await ids("/subscriptions?peer=dan@fabrikam.example"), ["s2"]);
    assert.deepEqual(await ids("/subscriptions?user=carol@example.com&peer=contoso.example"), []);
    assert.deepEqual(await ids("/connections?peer=edge.contoso.example"), ["c1"]);
    assert.deepEqual(await ids("/im-sessions"), []);
  });

  test("an operator may refresh a subscription; one that is not there is not found", async () => {
    const refresh = (id: string, token: string) => fixture.call("POST", `/subscriptions/${id}/refresh`, { token });
    assert.equal((await refresh("s1", TOKENS.auditor)).status, 403);
    assert.equal((await refresh("s1", TOKENS.operator)).status, 202);
    assert.deepEqual(fixture.refreshed, ["s1"]);
    assert.equal((await refresh("s9", TOKENS.operator)).status, 404);
  });

  test("decisions are found by user, peer and time, newest first", async () => {
    const decide = (user: string, peer: string) =>
      fixture.decide({
        kind: "message",
        direction: "inbound",
        user,
        peer,
        decisions: [{ rule: "incoming-acl", outcome: "admit", inputs: { address: "192.0.2.9" } }],
        result: "delivered",
      });
    decide("alice@example.com", "bob@contoso.example");
    fixture.clock.advance(60_000);
    decide("carol@example.com", "contoso.example");
    const users = async (query: string) =>
      items(await fixture.call("GET", `/decisions${query}`)).map((event) => event.user);
    assert.deepEqual(await users(""), ["carol@example.com", "alice@example.com"]);
    assert.deepEqual(await users("?peer=contoso.example&user=alice@example.com"), ["alice@example.com"]);
    const since = new Date(fixture.clock.now() - 1000).toISOString();
    assert.deepEqual(await users(`?since=${since}`), ["carol@example.com"]);
    assert.deepEqual(await users(`?since=${fixture.clock.now() - 1000}`), ["carol@example.com"]);
    assert.deepEqual(paths(await fixture.call("GET", "/decisions?since=yesterday")), ["since"]);
    assert.ok(!(await users(`?until=${since}`)).includes("carol@example.com"));
    assert.deepEqual(paths(await fixture.call("GET", "/decisions?until=today")), ["until"]);
  });

  test("API tokens work until they are removed and are shown once", async () => {
    const made = await fixture.call("POST", "/tokens", { body: { name: "monitoring", role: "auditor" } });
    const token = String(made.body.token);
    assert.equal((await fixture.call("GET", "/users", { token })).status, 200);
    assert.equal((await fixture.call("POST", "/tokens", { token, body: {} })).status, 403);
    assert.equal((await fixture.call("GET", "/tokens")).text.includes(token), false);
    assert.equal((await fixture.call("DELETE", `/tokens/${String(made.body.id)}`)).status, 204);
    assert.equal((await fixture.call("GET", "/users", { token })).status, 401);
  });

  test("administrators come and go, but never the last one", async () => {
    await fixture.addAdministrator("admin", "administrator");
    const body = { name: "olga", role: "operator", password: PASSWORD };
    const added = await fixture.call("POST", "/administrators", { body });
    assert.equal(added.status, 201, added.text);
    assert.doesNotMatch(added.text, /argon|password/i);
    assert.equal((await fixture.call("POST", "/administrators", { body })).status, 409);
    assert.equal((await fixture.call("DELETE", "/administrators/admin")).body.type, "last-administrator");
    const demoted = await fixture.call("PUT", "/administrators/admin", { body: { role: "auditor" } });
    assert.equal(demoted.status, 409);
    assert.equal((await fixture.call("PUT", "/administrators/olga", { body: { role: "administrator" } })).status, 200);
    assert.equal((await fixture.call("DELETE", "/administrators/admin")).status, 204);
    assert.equal((await fixture.call("DELETE", "/administrators/nobody")).status, 404);
  });

  test("the description is OpenAPI 3.1 with the schemas of the contract", async () => {
    const { body } = await fixture.call("GET", "/openapi.json", { token: "" });
    assert.equal(body.openapi, "3.1.0");
    const paths = body.paths as Record<string, Record<string, { requestBody?: object; parameters?: object[] }>>;
    assert.ok(paths["/api/v1/sip-federated-domains/{domain}"]?.put?.requestBody !== undefined);
    assert.ok((paths["/api/v1/users"]?.get?.parameters?.length ?? 0) >= 3);
  });
});
