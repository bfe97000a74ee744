import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseVia, Via } from "./via.ts";

function parsed(text: string): Via {
  const value = parseVia(text);
  if (!(value instanceof Via)) assert.fail(value.reason);
  return value;
}

describe("Via (RFC 3261 §20.42)", () => {
  const rows: readonly (readonly [string, string, string, number | undefined, string | undefined])[] = [
    ["SIP/2.0/TLS h.example:5061;branch=z9hG4bKx", "TLS", "h.example", 5061, "z9hG4bKx"],
    ["SIP/2.0/tcp 192.0.2.1", "TCP", "192.0.2.1", undefined, undefined],
    ["SIP / 2.0 / UDP\t h.example : 5070 ; branch = z9hG4bKy", "UDP", "h.example", 5070, "z9hG4bKy"],
    ["SIP/2.0/UDP [2001:db8::9:1]:5060;branch=b", "UDP", "[2001:db8::9:1]", 5060, "b"],
    ["SIP/2.0\r\n /UDP\r\n 192.0.2.2;branch=390skdjuw", "UDP", "192.0.2.2", undefined, "390skdjuw"],
    ['SIP/2.0/TLS h;ms-internal-info="a;branch=no,b";branch=yes', "TLS", "h", undefined, "yes"],
    ["SIP/2.0/UDP h;rport;BRANCH=b", "UDP", "h", undefined, "b"],
  ];
  for (const [text, transport, host, port, branch] of rows) {
    test(JSON.stringify(text), () => {
      const via = parsed(text);
      assert.deepEqual([via.transport, via.host, via.port, via.branch], [transport, host, port, branch]);
    });
  }

  test("a parameter without value is there", () => {
    const { parameters } = parsed("SIP/2.0/UDP h;rport;branch=b");
    assert.equal(parameters.has("rport"), true);
    assert.equal(parameters.get("rport"), undefined);
    assert.equal(parameters.has("received"), false);
  });

  for (const text of [
    "",
    "SIP/2.0/UDP",
    "SIP/2.0/UDP ",
    "SIP/2.0 h",
    "SIP/2.0/UDP h:",
    "SIP/2.0/UDP h:99999",
    "SIP/2.0/UDP h:50x",
    "SIP/2.0/UDP h;;",
    "SIP/2.0/UDP h,SIP/2.0/UDP i",
    "SIP/2.0/UDP [::1",
    "SIP/2.0/UDP h junk",
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => assert.ok(!(parseVia(text) instanceof Via)));
  }
});
