import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { AdminFixture } from "./admin-fixture.ts";

describe("the web chat at /chat", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
  });
  after(() => fixture.stop());
  afterEach(() => {
    fixture.webSockets.isOpen = true;
  });

  test("is a page called Interpres that anybody may read", async () => {
    const { status, headers, text } = await fixture.plain("/chat");
    assert.deepEqual([status, headers["content-type"]], [200, "text/html; charset=utf-8"]);
    assert.match(text, /<title>Interpres<\/title>/);
  });

  test("allows scripts of this host only, and nothing from anywhere else", async () => {
    const policy = String((await fixture.plain("/chat")).headers["content-security-policy"]);
    const directives = Object.fromEntries(policy.split("; ").map((each) => each.split(/ (.*)/s).slice(0, 2)));
    assert.deepEqual(directives, {
      "default-src": "'none'",
      "script-src": "'self'",
      "style-src": "'self' 'unsafe-inline'",
      "img-src": "'self' data: blob:",
      "font-src": "'self'",
      "media-src": "'self'",
      "connect-src": "'self'",
      "base-uri": "'none'",
      "form-action": "'self'",
      "frame-ancestors": "'none'",
    });
  });

  test("names no other host in what is ours", async () => {
    for (const file of ["/chat", "/chat/chat.js", "/chat/chat.css", "/chat/icon.svg"]) {
      const { status, text } = await fixture.plain(file);
      assert.equal(status, 200, file);
      assert.deepEqual(text.match(/\b(?:https?|wss?):\/\/(?!www\.w3\.org\/)[\w.]+/g) ?? [], [], file);
    }
  });

  const FILES = [
    ["converse.min.js", "application/javascript; charset=utf-8"],
    ["converse.min.css", "text/css; charset=utf-8"],
    ["emoji.json", "application/json; charset=utf-8"],
    // Any other type makes browsers compile it twice.
    ["curve25519_compiled.wasm", "application/wasm"],
  ] as const;
  for (const [file, type] of FILES) {
    test(`serves converse.js's own ${file}`, async () => {
      const { status, headers } = await fixture.plain(`/chat/dist/${file}`);
      assert.deepEqual([status, headers["content-type"]], [200, type]);
    });
  }

  test("tells the page the local domains", async () => {
    assert.deepEqual((await fixture.plain("/chat/settings.json")).body, { domains: ["example.com"] });
  });

  const OUTSIDE = [
    "../package.json",
    "dist/../../package.json",
    "%2e%2e/package.json",
    "..%2fpackage.json",
    "..%5cpackage.json",
    "%2e%2e%2fsrc%2fmain.ts",
    "dist/..%2fpackage.json",
    "dist/%2e%2e/package.json",
    "dist/..%2f..%2f..%2fetc%2fpasswd",
    "dist/%252e%252e/package.json",
    "dist/..;/package.json",
    "dist//etc/passwd",
    "dist/%00",
    "dist/",
    "dist/images",
    "nothing",
    "",
  ];
  for (const path of OUTSIDE) {
    test(`gives away no other file: ${path}`, async () => {
      const { status, text } = await fixture.plain(`/chat/${path}`);
      assert.ok([400, 401, 403, 404].includes(status), `${status} ${text.slice(0, 80)}`);
    });
  }

  test("while the service is stopped every path says so, and a person can read it", async () => {
    fixture.webSockets.isOpen = false;
    for (const path of ["/chat", "/chat/settings.json", "/chat/dist/converse.min.js", "/chat/chat.js"]) {
      const { status, headers, text } = await fixture.plain(path);
      assert.deepEqual([status, headers["content-type"]], [503, "text/html; charset=utf-8"], path);
      assert.match(text, /The web chat is stopped/);
    }
  });

  test("who looks at the WebSocket with a browser is told what it is", async () => {
    const { status, headers, body } = await fixture.plain("/xmpp");
    assert.deepEqual([status, headers.upgrade, body.type], [426, "websocket", "upgrade-required"]);
  });
});
