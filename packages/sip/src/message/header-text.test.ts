import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeUtf8, encodeUtf8, isSendable, quote, unfold, unquote } from "./header-text.ts";

describe("header text", () => {
  for (const text of ["", "plain", "Zoë", "работающий", "𝄞", 'quo"te \\ back']) {
    test(`${JSON.stringify(text)} goes to the wire and back`, () => {
      assert.equal(decodeUtf8(encodeUtf8(text)), text);
      assert.equal(decodeUtf8(unquote(quote(text))), text);
      assert.equal(isSendable(quote(text)), true);
    });
  }

  test("octets that are no UTF-8 are replaced", () => assert.equal(decodeUtf8("a\xff"), "a\ufffd"));
  test("a lone surrogate is sendable", () => assert.equal(isSendable(quote("\ud800")), true));
  test("a fold is one space", () => assert.equal(unfold("a \r\n\t b\r\n c"), "a b c"));
  test("an octet of UTF-8 beside a fold stays", () => assert.equal(unfold("\xc3\xa0\r\n \xa0b"), "\xc3\xa0 \xa0b"));
  test("control characters do not get out of a name", () => assert.equal(quote("a\r\nb\0\x7fc"), '"a b c"'));
  test("text without quotes stays", () => assert.equal(unquote('a"b'), 'a"b'));
});
