import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NameAddr, parseNameAddr } from "./name-addr.ts";

function parsed(text: string): NameAddr {
  const value = parseNameAddr(text);
  if (!(value instanceof NameAddr)) assert.fail(value.reason);
  return value;
}

describe("name-addr and addr-spec (RFC 3261 §20.10)", () => {
  const rows: readonly (readonly [string, { uri: string; displayName?: string; tag?: string }])[] = [
    ["sip:a@b.example", { uri: "sip:a@b.example" }],
    ["sip:a@b.example;tag=x1", { uri: "sip:a@b.example", tag: "x1" }],
    ["<sip:a@b.example;tag=inner>;TAG=outer", { uri: "sip:a@b.example;tag=inner", tag: "outer" }],
    [
      '"Bell, Alexander; \\"Al\\" <sip:x>" <sip:a@b>;tag=1',
      { uri: "sip:a@b", displayName: 'Bell, Alexander; "Al" <sip:x>', tag: "1" },
    ],
    [
      '"Kim Akers"<sip:kim@fabrikam.example>;tag=5f;epid=4b',
      { uri: "sip:kim@fabrikam.example", displayName: "Kim Akers", tag: "5f" },
    ],
    ["Kim (work) Akers   <sip:k@b>", { uri: "sip:k@b", displayName: "Kim (work) Akers" }],
    ['"Alice" sip:alice@contoso.com;tag=7', { uri: "sip:alice@contoso.com", displayName: "Alice", tag: "7" }],
    ['"" <sip:a@b>', { uri: "sip:a@b", displayName: "" }],
    ["<tel:+1-972;ext=5>;q=0.1", { uri: "tel:+1-972;ext=5" }],
    ["<sip:a@b?Route=%3Csip:c%3E>", { uri: "sip:a@b?Route=%3Csip:c%3E" }],
    ["<sip:a@[2001:db8::1]:5061>", { uri: "sip:a@[2001:db8::1]:5061" }],
    ['"fold\r\n ed"\r\n <sip:a@b>\r\n ;\r\n\ttag = z', { uri: "sip:a@b", displayName: "fold ed", tag: "z" }],
    ['"\xc3\xa9" <sip:a@b>', { uri: "sip:a@b", displayName: "é" }],
    ["*", { uri: "*" }],
  ];
  for (const [text, expected] of rows) {
    test(JSON.stringify(text), () => {
      const { uri, displayName, tag } = parsed(text);
      assert.deepEqual({ uri, displayName, tag }, { displayName: undefined, tag: undefined, ...expected });
    });
  }

  test("text is the value as received", () => {
    const text = '"K"  <sip:pool.contoso.com:5061;transport=tls;lr;ms-route-sig=aa=>;ms-rrsig=bb=;tag=CC';
    assert.equal(parsed(`  ${text} `).text, text);
  });

  const refused = [
    "",
    " ",
    "a",
    "sip:",
    "<>",
    "<sip:a@b",
    "< sip:a@b >",
    "<sip:a b@c>",
    '"open <sip:a@b>',
    '"x" y <sip:a@b>',
    '"x"',
    "Alice sip:a@b",
    "Bell, Alexander <sip:a@b>",
    "sip:a@b, sip:c@d",
    "<sip:a@b>;;",
    "<sip:a@b>;",
    "<sip:a@b>;=x",
    "<sip:a@b>;x=",
    '<sip:a@b>;x="open',
    "<sip:a@b> junk",
    "sip:a@b?x=y",
    "<sip:a@b>\u0100;tag=1",
    "\u013csip:a@b\u013e",
  ];
  for (const text of refused) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      const value = parseNameAddr(text);
      assert.ok(!(value instanceof NameAddr));
      assert.equal(value.status, 400);
    });
  }
});
