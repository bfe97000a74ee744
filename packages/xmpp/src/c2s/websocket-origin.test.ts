import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mayOpen } from "./websocket-origin.ts";

describe("origin of a WebSocket handshake (RFC 6455 §10.2)", () => {
  const allowed = ["https://chat.example.com", "https://Intranet.Example.com:8080/"];
  const rows = [
    { rule: "a program that is no browser", origin: undefined, may: true },
    { rule: "a page of ours", origin: "https://imp1.example.com:8443", may: true },
    { rule: "a page of ours where the host has capitals", origin: "https://imp1.example.com:8443", may: true },
    { rule: "a page of another site", origin: "https://evil.example", may: false },
    { rule: "our host on another port", origin: "https://imp1.example.com:9443", may: false },
    { rule: "our host without TLS", origin: "http://imp1.example.com:8443", may: false },
    { rule: "a page whose name begins like ours", origin: "https://imp1.example.com:8443.evil.example", may: false },
    { rule: "a page without an origin", origin: "null", may: false },
    { rule: "an empty origin", origin: "", may: false },
    { rule: "an origin that is none", origin: "https://", may: false },
    { rule: "an allowed page", origin: "https://chat.example.com", may: true },
    { rule: "an allowed page, however it was written", origin: "https://intranet.example.com:8080", may: true },
    { rule: "an allowed name on another port", origin: "https://chat.example.com:444", may: false },
  ];
  for (const { rule, origin, may } of rows) {
    const host = rule.endsWith("capitals") ? "IMP1.Example.com:8443" : "imp1.example.com:8443";
    test(`${rule} ${may ? "may" : "may not"}`, () => assert.equal(mayOpen({ origin, host }, allowed), may));
  }

  test("on the usual port a browser leaves it out", () => {
    assert.ok(mayOpen({ origin: "https://imp1.example.com", host: "imp1.example.com:443" }, []));
  });

  test("without a host nothing is our own, not even a host that is no name", () => {
    assert.ok(!mayOpen({ origin: "https://imp1.example.com", host: undefined }, []));
    assert.ok(!mayOpen({ origin: "null", host: "a b" }, ["no URL"]));
  });
});
