import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { escapeLocal, unescapeLocal } from "./escape.ts";
import { parseJid } from "./jid.ts";

describe("JIDs (RFC 7622 §3)", () => {
  const good = [
    ["juliet@example.com", "juliet@example.com"],
    ["juliet@example.com/foo", "juliet@example.com/foo"],
    ["juliet@example.com/foo bar", "juliet@example.com/foo bar"],
    ["juliet@example.com/foo@bar/baz", "juliet@example.com/foo@bar/baz"],
    ["foo\\20bar@example.com", "foo\\20bar@example.com"],
    ["fussball@example.com", "fussball@example.com"],
    ["fu\u00dfball@example.com", "fu\u00dfball@example.com"],
    ["\u03c0@example.com", "\u03c0@example.com"],
    ["\u03a3@example.com/foo", "\u03c3@example.com/foo"],
    ["king@example.com/\u265a", "king@example.com/\u265a"],
    ["example.com", "example.com"],
    ["example.com/foobar", "example.com/foobar"],
    ["a.example.com/b@example.net", "a.example.com/b@example.net"],
    ["Alice@EXAMPLE.com.", "alice@example.com"],
    ["a@xn--bcher-kva.example", "a@b\u00fccher.example"],
    ["a@192.168.1.1", "a@192.168.1.1"],
    ["a@[::1]", "a@[::1]"],
    ["__proto__@example.com/constructor", "__proto__@example.com/constructor"],
    [`a@example.com/${"x".repeat(1023)}`, `a@example.com/${"x".repeat(1023)}`],
  ] as const;
  for (const [text, expected] of good) {
    test(`${text.slice(0, 40)} is one`, () => assert.equal(parseJid(text)?.toString(), expected));
  }

  const bad = [
    '"juliet"@example.com',
    "foo bar@example.com",
    "juliet@example.com/",
    "@example.com",
    "@example.com/foobar",
    "henry\u2163@example.com",
    "\u265a@example.com",
    "juliet@",
    "/foobar",
    "",
    "a@b@example.com",
    "a@192.168.1",
    "a@\uff11\uff19\uff12.168.1",
    "a@[::1",
    "a@example..com",
    "a@-example.com",
    "a@\u2603.example",
    "a\u0000@example.com",
    "a@exa\u0000mple.com",
    "a@example.com/\u0007",
    "a\ud800@example.com",
    "a@example.com/\udc00",
    `${"x".repeat(1024)}@example.com`,
    `a@example.com/${"x".repeat(1024)}`,
    `a@example.com/${"é".repeat(512)}`,
    `a@${"x".repeat(64)}.com`,
    // Told at once: not by trying each letter as each kind of letter.
    `${"x".repeat(60)}\ufffd@example.com`,
    `a@example.com/${"x".repeat(60)}\u0007`,
  ];
  for (const text of bad) {
    test(`${JSON.stringify(text.slice(0, 40))} is none`, () => assert.equal(parseJid(text), undefined));
  }

  test("a million characters are none", () => {
    for (const character of ["a", "@", "/", ".", "\u0301", "\uff0e"])
      assert.equal(parseJid(character.repeat(1_000_000)), undefined);
  });
});

describe("escaped localparts (XEP-0106)", () => {
  const pairs = [
    ["space cadet", "space\\20cadet"],
    ['call me "ishmael"', "call\\20me\\20\\22ishmael\\22"],
    ["at&t guy", "at\\26t\\20guy"],
    ["d'artagnan", "d\\27artagnan"],
    ["/.fanboy", "\\2f.fanboy"],
    ["::foo::", "\\3a\\3afoo\\3a\\3a"],
    ["<foo>", "\\3cfoo\\3e"],
    ["user@host", "user\\40host"],
    ["c:\\net", "c\\3a\\net"],
    ["c:\\\\net", "c\\3a\\\\net"],
    ["c:\\cool stuff", "c\\3a\\cool\\20stuff"],
    ["c:\\5commas", "c\\3a\\5c5commas"],
    ["\\3and\\2is\\5cool", "\\5c3and\\2is\\5c5cool"],
    ["o\\27malley", "o\\5c27malley"],
    // Preparation would make an escape sequence of it.
    ["o\\5Cmalley", "o\\5c5Cmalley"],
    ["o\\\uff15\uff23malley", "o\\5c\uff15\uff23malley"],
    ["o\\5\u0107malley", "o\\5\u0107malley"],
  ] as const;
  for (const [name, local] of pairs) {
    test(`${name} ↔ ${local}`, () => {
      assert.equal(escapeLocal(name), local);
      assert.equal(unescapeLocal(local), name);
    });
  }

  test("an accent behind what looks like a sequence is composed with it", () => {
    assert.equal(escapeLocal("o\\5c\u0301malley"), "o\\5\u0107malley");
  });

  test("a name that begins or ends with a space has no escaped form", () => {
    assert.equal(escapeLocal(" a"), undefined);
    assert.equal(escapeLocal("a "), undefined);
    assert.equal(unescapeLocal("\\20a\\20"), "\\20a\\20");
  });
});
