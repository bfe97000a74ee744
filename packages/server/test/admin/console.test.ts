import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import { AdminFixture } from "./admin-fixture.ts";

const PAGE = '<meta name="style-nonce" content="STYLE-NONCE"><title>Interpres</title>';
const SCRIPT = "console.log(1)";
const OPENED = { "sec-fetch-mode": "navigate", accept: "text/html" };

describe("the console at /", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
  });
  after(() => fixture.stop());
  beforeEach(() => {
    const assets = join(fixture.consoleFolder, "assets");
    mkdirSync(assets, { recursive: true });
    writeFileSync(join(fixture.consoleFolder, "index.html"), PAGE);
    writeFileSync(join(fixture.consoleFolder, "manifest.json"), "{}");
    writeFileSync(join(assets, "main-1a2b.js"), SCRIPT);
    writeFileSync(join(assets, "main-1a2b.js.br"), brotliCompressSync(SCRIPT));
  });

  test("is a page that anybody may read and nobody keeps", async () => {
    const { status, headers, text } = await fixture.plain("/");
    assert.deepEqual([status, headers["content-type"]], [200, "text/html; charset=utf-8"]);
    assert.equal(headers["cache-control"], "no-store");
    assert.match(text, /<title>Interpres<\/title>/);
  });

  test("allows scripts of this host only, and styles of this host or with the mark of this answer", async () => {
    const { headers, text } = await fixture.plain("/");
    const nonce = /content="([^"]+)"/.exec(text)?.[1] ?? "";
    const policy = String(headers["content-security-policy"]);
    const directives = Object.fromEntries(policy.split("; ").map((each) => each.split(/ (.*)/s).slice(0, 2)));
    assert.deepEqual(directives, {
      "default-src": "'none'",
      "script-src": "'self'",
      "style-src": `'self' 'nonce-${nonce}'`,
      "img-src": "'self'",
      "font-src": "'self'",
      "connect-src": "'self'",
      "base-uri": "'none'",
      "form-action": "'none'",
      "frame-ancestors": "'none'",
    });
  });

  test("has another mark in each answer", async () => {
    const [one, other] = [await fixture.plain("/"), await fixture.plain("/")];
    assert.ok(!one.text.includes("STYLE-NONCE"));
    assert.notEqual(one.text, other.text);
  });

  test("its files are kept for ever, for their names change with them, and come compressed", async () => {
    const headers = { "accept-encoding": "gzip, br" };
    const answer = await fixture.server.app.inject({ method: "GET", url: "/assets/main-1a2b.js", headers });
    assert.equal(answer.headers["cache-control"], "public, max-age=31536000, immutable");
    assert.equal(answer.headers["content-type"], "application/javascript; charset=utf-8");
    assert.equal(answer.headers["content-encoding"], "br");
    assert.equal(brotliDecompressSync(answer.rawPayload).toString(), SCRIPT);
  });

  test("a file that is not there is not found, even for somebody who opens it", async () => {
    assert.equal((await fixture.plain("/assets/main-0000.js", { headers: OPENED })).status, 404);
  });

  const PAGES = [
    "/administration/system/security/tls-peer-subjects/edit/100%25%20Acme%2FIM%3B",
    "/administration/system/security/settings",
    "/administration/presence/inter-domain-federation/sip-federation/edit/contoso.example",
    "/administration/system/security/tls-peer-subjects/edit/Acme%20GmbH%2C%20%C3%A4",
    "/serviceability?find=x/../y",
  ];
  for (const path of PAGES)
    test(`a person who opens ${path} gets the page`, async () => {
      const { status, text } = await fixture.plain(path, { headers: OPENED });
      assert.deepEqual([status, text.includes("Interpres")], [200, true]);
    });

  const NOT_FOUND = [
    ["/administration/system", { "sec-fetch-mode": "cors", accept: "text/html" }, "asked for by a script"],
    ["/administration/system", { accept: "*/*" }, "asked for by a program"],
    ["/api/v1/nothing", OPENED, "below the API"],
    ["/api", OPENED, "above the API"],
    ["/chat/nothing.js", OPENED, "below the web chat"],
    ["/manifest.json", { accept: "application/json" }, "beside the page"],
  ] as const;
  for (const [path, headers, why] of NOT_FOUND)
    test(`${path}, ${why}, is not found`, async () => {
      const answer = await fixture.plain(path, { headers });
      assert.deepEqual([answer.status, answer.body.type], [404, "not-found"]);
    });

  test("that has not been built says how it is; the API is there", async () => {
    rmSync(fixture.consoleFolder, { recursive: true });
    const { status, text } = await fixture.plain("/");
    assert.equal(status, 503);
    assert.match(text, /npm start/);
    assert.equal((await fixture.call("GET", "/users")).status, 200);
  });
});
