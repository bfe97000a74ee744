import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { auditActions, type Role } from "@interpres/admin-api";
import { AdminFixture, type Answer, items, TOKENS } from "./admin-fixture.ts";
import { furnish, looks, privateKeys, type RouteExample, SECRETS, signIns, writes } from "./route-examples.ts";

const ROLES = ["auditor", "operator", "administrator"] as const;

/** Who may use a route: reading is an auditor's, writing an administrator's, but for these. */
const EXCEPTIONS: Readonly<Record<string, Role | "anybody" | "loopback">> = {
  "GET /healthz": "anybody",
  "GET /readyz": "anybody",
  "GET /metrics": "loopback",
  "POST /session": "anybody",
  "DELETE /session": "auditor",
  "PUT /session/password": "auditor",
  "GET /administrators": "administrator",
  "GET /administrators/{name}": "administrator",
  "GET /tokens": "administrator",
  "POST /certificates/fetch": "operator",
  "POST /policy/explain": "auditor",
  "POST /policy/replays": "auditor",
  "DELETE /policy/replays/{id}": "auditor",
  "POST /trace/collector/send": "operator",
  "POST /federation/{domain}/diagnosis": "operator",
  "POST /tls-contexts/{name}/drain": "operator",
  "POST /subscriptions/{id}/refresh": "operator",
  "POST /nodes/{name}/restart": "operator",
  "PATCH /nodes/{node}/services/{service}": "administrator",
  "POST /nodes/{node}/services/{service}/start": "operator",
  "POST /nodes/{node}/services/{service}/restart": "operator",
  "POST /nodes/{node}/services/{service}/stop": "operator",
};

/** `METHOD /path` of every operation in the description. */
async function described(fixture: AdminFixture): Promise<readonly string[]> {
  const { paths } = (await fixture.call("GET", "/openapi.json", { token: "" })).body as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace("/api/v1", "")}`),
  );
}

const isWrite = (route: string): boolean => !route.startsWith("GET ");

async function play(fixture: AdminFixture, example: RouteExample): Promise<Answer> {
  const { route, as } = example;
  const prepared = (await example.prepare?.(fixture)) ?? {};
  const [method = "", path = ""] = route.split(" ");
  const body = prepared.body ?? example.body;
  const token = as === "nobody" ? "" : as === "session" ? await signedIn(fixture) : TOKENS.administrator;
  const url = prepared.url ?? example.url ?? path;
  return fixture.call(method, url, { token, ...(body === undefined ? {} : { body }) });
}

async function signedIn(fixture: AdminFixture): Promise<string> {
  for (const body of signIns) {
    const answer = await fixture.call("POST", "/session", { token: "", body });
    if (answer.status === 200) return String(answer.body.token);
  }
  return assert.fail("nobody could sign in");
}

describe("every route that writes", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
    await furnish(fixture);
  });
  after(() => fixture.stop());

  const audit = async () => items(await fixture.call("GET", "/audit?limit=1000"));

  test("has an example here", async () => {
    const known = [...writes.map(({ route }) => route), ...looks];
    assert.deepEqual(
      (await described(fixture)).filter((route) => isWrite(route) && !known.includes(route)),
      [],
    );
  });

  for (const example of writes) {
    test(`${example.route} is in the audit log with who, what, old and new`, async () => {
      const before = (await audit()).length;
      const answer = await play(fixture, example);
      assert.ok(answer.status >= 200 && answer.status < 300, `${answer.status} ${answer.text}`);
      const rows = (await audit()).slice(0, (await audit()).length - before);
      const own = rows.filter(({ action }) => example.as !== "session" || action !== "sign-in");
      assert.ok(own.length > 0, "no row");
      const [row] = own;
      assert.equal(row?.actor, example.as === undefined ? "administrator program" : signIns[0]?.name);
      for (const field of ["at", "action", "resource"]) assert.notEqual(row?.[field] ?? "", "", field);
      for (const { action } of own)
        assert.ok(
          auditActions.some((known) => known === action),
          `${action} is not listed`,
        );
      if (/^(PUT|PATCH) /.test(example.route)) {
        assert.notEqual(row?.after, undefined, "after");
        if (example.route !== "PUT /session/password") assert.notEqual(row?.before, undefined, "before");
      }
      if (example.route.startsWith("DELETE ") && example.as === undefined)
        assert.notEqual(row?.before, undefined, "before");
    });
  }
});

describe("every route", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
  });
  after(() => fixture.stop());

  const neededFor = (route: string) => EXCEPTIONS[route] ?? (isWrite(route) ? "administrator" : "auditor");

  test("asks for the role it should, and for no other", async () => {
    const wrong: string[] = [];
    for (const route of await described(fixture)) {
      const needed = neededFor(route);
      for (const role of ["nobody", ...ROLES] as const) {
        const allowed =
          needed === "anybody" ||
          (role !== "nobody" && ROLES.indexOf(role) >= ROLES.indexOf(needed === "loopback" ? "auditor" : needed));
        const { status } = await knock(fixture, route, role === "nobody" ? "" : TOKENS[role]);
        const isRefused = status === (role === "nobody" ? 401 : 403);
        if (isRefused === allowed) wrong.push(`${route} as ${role}: ${status}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
});

/** An empty request: whoever may not is refused before it is read, whoever may is told what is wrong with it. */
function knock(fixture: AdminFixture, route: string, token: string): Promise<Answer> {
  const [method = "", path = ""] = route.split(" ");
  const url = path.replaceAll(/\{[^}]+\}/g, "x");
  const body = isWrite(route) && method !== "DELETE" ? { body: { nonsense: true } } : {};
  if (["/healthz", "/readyz", "/metrics"].includes(path)) return fixture.plain(path, { token });
  // A token signs out of nothing and has no password: the answer is the same for everybody.
  return fixture.call(method, url, { token, ...body });
}

describe("secrets", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
    await furnish(fixture);
  });
  after(() => fixture.stop());

  test("told to the node come out nowhere: not in answers, audit, log or settings", async () => {
    const answers: string[] = [];
    const tokens: string[] = [];
    for (const example of writes) {
      const answer = await play(fixture, example);
      if (example.route === "POST /session" || example.route === "POST /tokens") tokens.push(String(answer.body.token));
      else answers.push(answer.text);
    }
    for (const route of await described(fixture)) if (!isWrite(route)) answers.push(await readAs(fixture, route));
    const { store } = fixture;
    const hashes = (await store.administrators.list()).map(({ passwordHash }) => passwordHash);
    const verifiers = fixture.accounts
      .list()
      .flatMap(({ scram }) => (scram === undefined ? [] : [scram.sha256.storedKey]));
    const secrets = [...Object.values(SECRETS), ...tokens, ...hashes, ...verifiers, ...privateKeys(fixture)];
    const kept = JSON.stringify(store.settings.current());
    const everything = [...answers, ...fixture.logged, kept].join("\n");
    const found = secrets.filter(
      (secret) => everything.includes(secret) || everything.includes(JSON.stringify(secret).slice(1, -1)),
    );
    assert.deepEqual(found, []);
    assert.ok(secrets.length > 15 && verifiers.length > 0 && hashes.length > 0);
  });
});

async function readAs(fixture: AdminFixture, route: string): Promise<string> {
  const path = route.slice("GET ".length);
  const names: Readonly<Record<string, string>> = {
    jid: "ann@example.com",
    purpose: "sip",
    service: "sip-proxy",
    node: "imp1",
  };
  const url = path.replaceAll(/\{([^}]+)\}/g, (_all, name: string) => names[name] ?? "x");
  if (["/healthz", "/readyz", "/metrics"].includes(path))
    return (await fixture.plain(path, { token: TOKENS.auditor })).text;
  return (await fixture.call("GET", url.includes("?") ? url : `${url}${path === "/audit" ? "?limit=1000" : ""}`)).text;
}
