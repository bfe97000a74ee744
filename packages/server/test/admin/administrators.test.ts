import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { instantText } from "../../src/admin/http/instant.ts";
import { AdminFixture, items, PASSWORD, paths, TOKENS } from "./admin-fixture.ts";

const NEW = "battery staple";

let fixture: AdminFixture;
beforeEach(async () => {
  fixture = await AdminFixture.start();
  await fixture.addAdministrator("ada", "administrator");
  await fixture.addAdministrator("otto", "operator");
});
afterEach(() => fixture.stop());

async function signIn(name: string, password = PASSWORD): Promise<string> {
  const answer = await fixture.call("POST", "/session", { token: "", body: { name, password } });
  return answer.status === 200 ? String(answer.body.token) : `refused ${answer.status}`;
}

const isSignedIn = async (token: string) => (await fixture.call("GET", "/session", { token })).status === 200;

describe("one's own password", () => {
  const change = (token: string, body: object) => fixture.call("PUT", "/session/password", { token, body });

  test("is changed by who knows the old one, whatever her role; every session of hers ends", async () => {
    const [here, there] = [await signIn("otto"), await signIn("otto")];
    const other = await signIn("ada");
    const answer = await change(here, { currentPassword: PASSWORD, newPassword: NEW });
    assert.equal(answer.status, 204, answer.text);
    assert.deepEqual([await isSignedIn(here), await isSignedIn(there), await isSignedIn(other)], [false, false, true]);
    assert.equal(await signIn("otto"), "refused 401");
    assert.ok(await isSignedIn(await signIn("otto", NEW)));
    const [row] = items(await fixture.call("GET", "/audit")).filter(
      ({ resource }) => resource === "administrators/otto",
    );
    assert.deepEqual([row?.actor, row?.after], ["otto", { password: "changed" }]);
  });

  test("is not changed by who has but her session, and guessing is slowed down", async () => {
    const token = await signIn("otto");
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1)
      statuses.push((await change(token, { currentPassword: "guess", newPassword: NEW })).status);
    assert.deepEqual([...new Set(statuses)], [401, 429]);
    assert.equal(
      await fixture.store.administrators.find("otto").then((otto) => otto?.passwordHash.includes(NEW)),
      false,
    );
  });

  test("has eight characters at least", async () => {
    const answer = await change(await signIn("otto"), { currentPassword: PASSWORD, newPassword: "short" });
    assert.deepEqual([answer.status, paths(answer)], [400, ["newPassword"]]);
  });

  test("is nothing a token has", async () => {
    const answer = await change(TOKENS.administrator, { currentPassword: PASSWORD, newPassword: NEW });
    assert.deepEqual([answer.status, answer.body.type], [403, "session-needed"]);
  });
});

describe("sessions", () => {
  test("end when the administrator is removed", async () => {
    const token = await signIn("otto");
    await fixture.call("DELETE", "/administrators/otto");
    assert.equal(await isSignedIn(token), false);
    await fixture.addAdministrator("otto", "operator");
    assert.equal(await isSignedIn(token), false, "nor are they hers who has the name next");
  });

  test("end when she has another role or password", async () => {
    for (const body of [{ role: "auditor" }, { role: "auditor", password: NEW }]) {
      const token = await signIn("otto");
      assert.equal((await fixture.call("PUT", "/administrators/otto", { body })).status, 200);
      assert.equal(await isSignedIn(token), false);
    }
    assert.equal(await signIn("otto"), "refused 401");
  });
});

describe("tokens", () => {
  async function make(token: string, name: string, role: string): Promise<string> {
    const answer = await fixture.call("POST", "/tokens", { token, body: { name, role } });
    assert.equal(answer.status, 201, answer.text);
    return String(answer.body.token);
  }

  async function endedWith(name: string): Promise<readonly { name: string }[]> {
    const rows = items(await fixture.call("GET", "/audit"));
    const row = rows.find(({ resource }) => resource === `administrators/${name}`);
    assert.ok(row, `the audit log has no row of ${name}`);
    return (row.after as { endedTokens: { name: string }[] }).endedTokens;
  }

  test("end with the administrator who made them, those made by way of another token too", async () => {
    await fixture.addAdministrator("bea", "administrator");
    const [hers, others] = [await signIn("bea"), await signIn("ada")];
    const first = await make(hers, "deploy", "administrator");
    const second = await make(first, "monitoring", "auditor");
    const kept = await make(others, "monitoring", "auditor");
    const created = items(await fixture.call("GET", "/tokens")).map(({ createdBy }) => createdBy);
    assert.deepEqual(created.sort(), ["ada", "bea", "bea"]);
    assert.deepEqual([await isSignedIn(first), await isSignedIn(second)], [true, true]);
    assert.equal((await fixture.call("DELETE", "/administrators/bea")).status, 204);
    assert.deepEqual([await isSignedIn(first), await isSignedIn(second), await isSignedIn(kept)], [false, false, true]);
    const endedTokens = await endedWith("bea");
    assert.deepEqual(endedTokens.map(({ name }) => name).sort(), ["deploy", "monitoring"]);
  });

  test("end when they may more than who made them; another password ends none", async () => {
    await fixture.addAdministrator("bea", "administrator");
    const hers = await signIn("bea");
    const [strong, weak] = [await make(hers, "deploy", "administrator"), await make(hers, "restart", "operator")];
    const put = (body: object) => fixture.call("PUT", "/administrators/bea", { body });
    assert.equal((await put({ role: "administrator", password: NEW })).status, 200);
    assert.deepEqual([await isSignedIn(strong), await isSignedIn(weak)], [true, true]);
    assert.equal((await put({ role: "operator" })).status, 200);
    assert.deepEqual([await isSignedIn(strong), await isSignedIn(weak)], [false, true]);
    const endedTokens = await endedWith("bea");
    assert.deepEqual(endedTokens, [{ ...endedTokens[0], name: "deploy", role: "administrator" }]);
  });
});

describe("the last administrator", () => {
  const left = async () => items(await fixture.call("GET", "/administrators?find=role:is:administrator")).length;

  test("stays, also when two are removed at once", async () => {
    await fixture.addAdministrator("bea", "administrator");
    const answers = await Promise.all(["ada", "bea"].map((name) => fixture.call("DELETE", `/administrators/${name}`)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409]);
    assert.equal(await left(), 1);
  });
});

describe("administrators' names", () => {
  test("do not differ by case only", async () => {
    const answer = await fixture.call("POST", "/administrators", {
      body: { name: "ADA", role: "auditor", password: PASSWORD },
    });
    assert.deepEqual([answer.status, paths(answer)], [409, ["name"]]);
    assert.equal(await signIn("ADA"), "refused 401");
  });

  for (const name of ["", " ada", "ada\u0000", "аda", "ada/x", "a".repeat(65), "__proto__"]) {
    test(`${JSON.stringify(name.slice(0, 8))} is none`, async () => {
      const body = { name, role: "auditor", password: PASSWORD };
      assert.deepEqual(paths(await fixture.call("POST", "/administrators", { body })), ["name"]);
    });
  }
});

describe("the audit log", () => {
  const find = async (query: string) =>
    items(await fixture.call("GET", `/audit?${query}`)).map(({ action, resource }) => `${action} ${resource}`);

  test("is searched by who, what, of what and when, and a page goes on within what was found", async () => {
    const domain = (name: string) => ({ domain: name, integrationType: "microsoft" });
    await fixture.call("POST", "/sip-federated-domains", { body: domain("contoso.example") });
    const early = fixture.clock.now();
    await fixture.clock.advance(60_000);
    await fixture.call("POST", "/sip-federated-domains", { body: domain("fabrikam.example") });
    await fixture.call("DELETE", "/sip-federated-domains/contoso.example");
    const late = instantText(early + 1);
    const [gone, second, first] = [
      "delete sip-federated-domains/contoso.example",
      "create sip-federated-domains/fabrikam.example",
      "create sip-federated-domains/contoso.example",
    ];
    assert.deepEqual(await find("resource=Contoso.example"), [gone, first]);
    assert.deepEqual(await find("resource=sip-federated-domains&action=create"), [second, first]);
    assert.deepEqual(await find(`resource=sip-federated-domains&since=${late}`), [gone, second]);
    assert.deepEqual(await find(`resource=sip-federated-domains&until=${early}`), [first]);
    assert.deepEqual(await find("resource=domains&actor=nobody"), []);
    const page = await fixture.call("GET", "/audit?resource=contoso&limit=1");
    assert.deepEqual(await find(`resource=contoso&cursor=${String(page.body.nextCursor)}`), [first]);
  });

  test("text that is looked for is no pattern", async () => {
    await fixture.call("POST", "/sip-federated-domains", { body: { domain: "x.example", integrationType: "aol" } });
    assert.deepEqual(await find("resource=x%25example"), []);
    assert.deepEqual(await find("resource=x_example"), []);
  });

  test("a moment that is none is named", async () => {
    const answer = await fixture.call("GET", "/audit?since=yesterday&until=1&actor=ada");
    assert.deepEqual([answer.status, paths(answer)], [400, ["since"]]);
  });
});
