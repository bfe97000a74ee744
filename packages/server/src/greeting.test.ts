import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Greeting, greetingText } from "./greeting.ts";

const greeting: Greeting = {
  version: "0.1.0",
  adminUrl: "https://localhost:8443",
  consoleUrl: "https://localhost:8443/",
  webChatUrl: "https://localhost:8443/chat",
  localDomain: "example.com",
  ports: { xmppClient: 5222, sipTls: 5061, shell: 8022, admin: 8443 },
  hasUsers: "yes",
  hasDomains: "yes",
  firstStart: undefined,
};

describe("what the terminal says of a node that is ready", () => {
  test("names the doors, the web chat among them", () => {
    assert.deepEqual(greetingText(greeting).split("\n"), [
      "Interpres 0.1.0 is ready.",
      "",
      "  Console          https://localhost:8443/",
      "  XMPP clients     example.com, port 5222 (STARTTLS)",
      "  Web chat         https://localhost:8443/chat",
      "  SIP federation   port 5061 (mutual TLS)",
      "  API              https://localhost:8443/api/v1 (OpenAPI at https://localhost:8443/api/v1/openapi.json)",
      "  Shell            port 8022 (SSH)",
      "",
    ]);
  });

  test("does not name a console or a web chat that is not there", () => {
    const text = greetingText({ ...greeting, consoleUrl: undefined, webChatUrl: undefined });
    assert.doesNotMatch(text, /Console|Web chat/);
  });

  test("tells an empty node's next steps, and a new administrator's password", () => {
    const firstStart = { administrator: "admin", printedPassword: "secret" };
    const text = greetingText({ ...greeting, hasUsers: "no", hasDomains: "no", firstStart });
    assert.match(text, /Administrator admin, password secret/);
    assert.match(text, /interpres user add alice@example\.com/);
    assert.match(text, /interpres domain add contoso\.example/);
  });
});
