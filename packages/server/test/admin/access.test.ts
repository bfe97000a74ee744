import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AdminFixture, PASSWORD, TOKENS } from "./admin-fixture.ts";

const READS = [
  "/session",
  "/users",
  "/sip-federated-domains",
  "/incoming-acl",
  "/static-routes",
  "/routes/explain?uri=sip:a@b.example",
  "/tls-peer-subjects",
  "/tls-contexts",
  "/certificates",
  "/certificates/trust",
  "/service-parameters/sip-proxy",
  "/subscriptions",
  "/im-sessions",
  "/connections",
  "/decisions",
  "/audit",
];
const WRITES = [
  ["POST", "/users"],
  ["POST", "/users/import"],
  ["DELETE", "/users/alice@example.com"],
  ["POST", "/sip-federated-domains"],
  ["PUT", "/sip-federated-domains/contoso.example"],
  ["POST", "/incoming-acl"],
  ["DELETE", "/static-routes/1"],
  ["PUT", "/tls-contexts/x"],
  ["PATCH", "/service-parameters/sip-proxy"],
  ["PUT", "/certificates/own/sip"],
  ["POST", "/certificates/own/sip/csr"],
  ["POST", "/certificates/own/sip/restore"],
  ["POST", "/nodes/imp1/domain"],
  ["DELETE", "/certificates/trust/1"],
  ["POST", "/administrators"],
  ["GET", "/administrators"],
  ["GET", "/tokens"],
  ["POST", "/tokens"],
] as const;

describe("access to the API", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
    await fixture.makeAuthority();
  });
  after(() => fixture.stop());

  for (const path of READS) {
    test(`GET ${path} needs a session, an auditor's is enough`, async () => {
      assert.equal((await fixture.call("GET", path, { token: "" })).status, 401);
      assert.equal((await fixture.call("GET", path, { token: "guessed" })).status, 401);
      const answer = await fixture.call("GET", path, { token: TOKENS.auditor });
      assert.ok(answer.status === 200 || answer.status === 400, `${answer.status}`);
    });
  }

  for (const [method, path] of WRITES) {
    test(`${method} ${path} is for administrators`, async () => {
      const body = method === "GET" || method === "DELETE" ? {} : { body: {} };
      assert.equal((await fixture.call(method, path, { ...body, token: "" })).status, 401);
      for (const token of [TOKENS.auditor, TOKENS.operator])
        assert.equal((await fixture.call(method, path, { ...body, token })).status, 403);
    });
  }

  test("every path of the description is refused without a session, but the open ones", async () => {
    const { paths } = (await fixture.call("GET", "/openapi.json", { token: "" })).body as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    const answered: string[] = [];
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        const url = path.replaceAll(/\{[^}]+\}/g, "x");
        const answer = await fixture.server.app.inject({
          method: method.toUpperCase() as "GET",
          url,
          remoteAddress: "192.0.2.1",
        });
        if (answer.statusCode !== 401) answered.push(`${method} ${path}`);
      }
    }
    assert.deepEqual(answered.sort(), ["get /healthz", "get /readyz", "post /api/v1/session"]);
    assert.ok(Object.keys(paths).length > 25);
  });

  const TRICKS = [
    "/api/v1/openapi.json/../users",
    "/api/v1/openapi.json/%2e%2e/users",
    "/api/v1/session/%2E%2E%2Fusers",
    "/api/v1/session/..%2fusers",
    "/api/v1/%u002e%u002e/users",
    "/healthz/../api/v1/users",
    "/healthz/%2e%2e/api/v1/users",
    "/healthz;x/../api/v1/users",
    "/api/v1/users;/healthz",
    "/api/v1/users;x",
    "//api/v1/users",
    "/api//v1/users",
    "/api/v1/users/",
    "/api/v1/users/%252e%252e",
    "/api/v1/users%00",
    "/api/v1/users%2Fimport",
    "/api\\v1\\users",
    "/api/v1/session\\..\\users",
    "/API/V1/USERS",
    "/setup/../api/v1/users",
    "/api/v1/./users",
    "/api/v1/%75sers",
    "/api/v1/users?%2e%2e",
    "/api/v1/users/%ff",
  ];
  for (const url of TRICKS) {
    test(`${url} leads nowhere without a session`, async () => {
      const answer = await fixture.server.app.inject({ method: "GET", url });
      assert.ok([401, 403, 404].includes(answer.statusCode), `${answer.statusCode} ${answer.payload}`);
    });
  }

  test("metrics are open on the machine itself and an auditor's from elsewhere", async () => {
    assert.equal((await fixture.plain("/metrics")).status, 401);
    assert.equal((await fixture.plain("/metrics", { token: TOKENS.auditor })).status, 200);
    const local = await fixture.plain("/metrics", { remoteAddress: "::ffff:127.0.0.1" });
    assert.match(String(local.headers["content-type"]), /openmetrics/);
  });

  test("health says whether the process lives, readiness whether all services run", async () => {
    assert.deepEqual((await fixture.plain("/healthz")).body, { status: "ok" });
    assert.equal((await fixture.plain("/readyz")).status, 200);
    await fixture.call("POST", "/nodes/imp1/services/sip-proxy/stop");
    const answer = await fixture.plain("/readyz");
    await fixture.call("POST", "/nodes/imp1/services/sip-proxy/start");
    assert.equal(answer.status, 503);
    assert.equal(answer.body.status, "not-ready");
  });

  test("answers may not be framed, sniffed or kept", async () => {
    const { headers } = await fixture.call("GET", "/users");
    assert.match(String(headers["content-security-policy"]), /default-src 'none'/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["cache-control"], "no-store");
  });
});

describe("signing in", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
    await fixture.addAdministrator("admin", "administrator");
    await fixture.addAdministrator("auditor", "auditor");
  });
  after(() => fixture.stop());

  const signIn = (name: string, password: string, remoteAddress = "192.0.2.1") =>
    fixture.call("POST", "/session", { token: "", body: { name, password }, remoteAddress });
  const cookieOf = (answer: Awaited<ReturnType<typeof signIn>>) =>
    String(answer.headers["set-cookie"]).split(";")[0] ?? "";

  test("gives a token that works until it expires", async () => {
    const answer = await signIn("admin", PASSWORD);
    assert.equal(answer.status, 200);
    const token = String(answer.body.token);
    const session = await fixture.call("GET", "/session", { token });
    assert.deepEqual(
      { name: session.body.name, role: session.body.role, expiresAt: session.body.expiresAt },
      { name: "admin", role: "administrator", expiresAt: answer.body.expiresAt },
    );
    fixture.clock.advance(12 * 3_600_000);
    assert.equal((await fixture.call("GET", "/session", { token })).status, 401);
  });

  test("signing out ends the session", async () => {
    const token = String((await signIn("admin", PASSWORD)).body.token);
    assert.equal((await fixture.call("DELETE", "/session", { token })).status, 204);
    assert.equal((await fixture.call("GET", "/session", { token })).status, 401);
  });

  test("the session has the role of its administrator", async () => {
    const token = String((await signIn("auditor", PASSWORD)).body.token);
    assert.equal((await fixture.call("GET", "/users", { token })).status, 200);
    assert.equal((await fixture.call("POST", "/tokens", { token, body: {} })).status, 403);
  });

  test("a cookie reads, and changes only with the CSRF token", async () => {
    const answer = await signIn("admin", PASSWORD);
    assert.match(String(answer.headers["set-cookie"]), /; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    const cookie = cookieOf(answer);
    const body = { name: "robot", role: "auditor" };
    const call = (method: string, headers: Record<string, string>) =>
      fixture.call(method, "/tokens", {
        token: "",
        headers: { cookie, ...headers },
        ...(method === "POST" ? { body } : {}),
      });
    assert.equal((await call("GET", {})).status, 200);
    assert.equal((await call("POST", {})).body.type, "csrf-token-missing");
    assert.equal((await call("POST", { "x-csrf-token": "guess" })).status, 403);
    assert.equal((await call("POST", { "x-csrf-token": String(answer.body.csrfToken) })).status, 201);
  });

  test("a form of another site cannot post", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      const answer = await fixture.call("POST", "/session", {
        token: "",
        body: JSON.stringify({ name: "admin", password: PASSWORD }),
        headers: { "content-type": type },
      });
      assert.equal(answer.status, 415, type);
    }
  });

  test("a wrong password and an unknown name get the same answer", async () => {
    const wrong = await signIn("admin", "wrong", "198.51.100.1");
    const unknown = await signIn("nobody", PASSWORD, "198.51.100.1");
    assert.equal(wrong.status, 401);
    assert.deepEqual(wrong.body, unknown.body);
  });

  test("guessing is slowed down by address, and a right password is no guess", async () => {
    const address = "198.51.100.7";
    for (let attempt = 0; attempt < 15; attempt += 1)
      assert.equal((await signIn("admin", PASSWORD, address)).status, 200);
    const guesses = await Promise.all(Array.from({ length: 7 }, () => signIn("admin", "wrong", address)));
    assert.deepEqual(new Set(guesses.map((guess) => guess.status)), new Set([401]));
    for (let attempt = 0; attempt < 3; attempt += 1) await signIn("admin", "wrong", address);
    const refused = await signIn("admin", PASSWORD, address);
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers["retry-after"]) > 0);
    assert.equal((await signIn("admin", PASSWORD, "198.51.100.8")).status, 200);
    fixture.clock.advance(10_000);
    assert.equal((await signIn("admin", PASSWORD, address)).status, 200);
  });

  test("passwords and tokens reach neither log nor audit", async () => {
    const token = String((await signIn("admin", PASSWORD, "203.0.113.9")).body.token);
    await signIn("admin", "wrong-but-secret", "203.0.113.9");
    const audit = (await fixture.call("GET", "/audit?limit=1000")).text;
    for (const secret of [PASSWORD, "wrong-but-secret", token])
      assert.equal(`${audit}${fixture.logged.join("\n")}`.includes(secret), false);
  });
});
