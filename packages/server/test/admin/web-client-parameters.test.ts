import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { AdminFixture, items, paths, TOKENS } from "./admin-fixture.ts";

const PATH = "/service-parameters/web-client";

describe("service parameters of web-client", () => {
  let fixture: AdminFixture;
  beforeEach(async () => {
    fixture = await AdminFixture.start();
  });
  afterEach(() => fixture.stop());

  const patch = (body: unknown) => fixture.call("PATCH", PATH, { body });
  const origins = () => fixture.store.settings.current().document.webClient.allowedOrigins;

  test("begin with no page but our own", async () => {
    const { allowedOrigins } = (await fixture.call("GET", PATH)).body as Record<string, Record<string, unknown>>;
    assert.deepEqual(
      [allowedOrigins?.value, allowedOrigins?.default, allowedOrigins?.scope, allowedOrigins?.restart],
      ["", "", "cluster", ["web-client"]],
    );
  });

  test("take origins separated by spaces, each once and as a browser writes it, and the change is in the audit", async () => {
    const answer = await patch({
      allowedOrigins: "https://Chat.Example.com/  https://b.example:8443 https://chat.example.com:443",
    });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(origins(), ["https://chat.example.com", "https://b.example:8443"]);
    const shown = answer.body as Record<string, Record<string, unknown>>;
    assert.equal(shown.allowedOrigins?.value, "https://chat.example.com https://b.example:8443");
    const [entry] = items(await fixture.call("GET", "/audit")).filter(({ resource }) => resource === PATH.slice(1));
    assert.match(
      JSON.stringify(entry),
      /"before":\{"allowedOrigins":\[\]\}.*"after":\{"allowedOrigins":\["https:\/\/chat/,
    );
  });

  test("also come in the shape they are shown in, and what is not named stays", async () => {
    await patch({ allowedOrigins: { value: "https://chat.example.com" } });
    await patch({});
    assert.deepEqual(origins(), ["https://chat.example.com"]);
    await patch({ allowedOrigins: "" });
    assert.deepEqual(origins(), []);
  });

  const BAD: readonly (readonly [string, unknown, string])[] = [
    ["a host alone", { allowedOrigins: "chat.example.com" }, "allowedOrigins"],
    ["a page without TLS", { allowedOrigins: "http://chat.example.com" }, "allowedOrigins"],
    ["a path", { allowedOrigins: "https://chat.example.com/room" }, "allowedOrigins"],
    ["a user", { allowedOrigins: "https://me@chat.example.com" }, "allowedOrigins"],
    ["everybody", { allowedOrigins: "*" }, "allowedOrigins"],
    ["null", { allowedOrigins: "null" }, "allowedOrigins"],
    ["one bad among good ones", { allowedOrigins: "https://a.example ftp://b.example" }, "allowedOrigins"],
    ["no text", { allowedOrigins: 7 }, "allowedOrigins"],
    [
      "too many",
      { allowedOrigins: Array.from({ length: 101 }, (_, at) => `https://a${at}.example`).join(" ") },
      "allowedOrigins",
    ],
    ["an unknown parameter", { origins: "" }, "origins"],
    ["no object", [], ""],
  ];
  for (const [what, body, path] of BAD) {
    test(`refuse ${what} and write nothing`, async () => {
      await patch({ allowedOrigins: "https://kept.example" });
      const answer = await patch(body);
      assert.equal(answer.status, 400, answer.text);
      assert.deepEqual(paths(answer), [path]);
      assert.deepEqual(origins(), ["https://kept.example"]);
    });
  }

  test("only an administrator changes them", async () => {
    const answer = await fixture.call("PATCH", PATH, { body: { allowedOrigins: "" }, token: TOKENS.operator });
    assert.equal(answer.status, 403);
  });
});
