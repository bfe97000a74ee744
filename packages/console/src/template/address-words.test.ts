import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { otherFormOf, warningOf, wordsOf } from "./address-words.ts";

const plain = { jid: "bob@x.example", sipUri: "sip:bob@x.example", looksLike: [], mixesScripts: false };
const escaped = { ...plain, jid: "o\\27hara@x.example", sipUri: "sip:o'hara@x.example" };

describe("A8, RFC 7247 §8: words about an address", () => {
  test("both forms stand side by side", () => {
    assert.equal(wordsOf(escaped), "o\\27hara@x.example, in SIP sip:o'hara@x.example");
    assert.equal(wordsOf({ ...plain, sipUri: null }), "bob@x.example, in SIP not to be written");
  });

  test("where room is short the form in SIP is left out if it says nothing new", () => {
    assert.deepEqual([otherFormOf(plain), otherFormOf(escaped)], ["", "sip:o'hara@x.example"]);
    assert.equal(otherFormOf({ ...plain, sipUri: "sip:Bob@x.example" }), "sip:Bob@x.example");
  });

  test("a warning says whom it looks like, and that scripts are mixed", () => {
    assert.equal(warningOf(plain), "");
    const warned = { ...plain, looksLike: ["rob@x.example"], mixesScripts: true };
    assert.equal(warningOf(warned), "looks like rob@x.example; mixes letters of several scripts");
    assert.match(wordsOf(warned), /\(Warning: looks like rob@x\.example; mixes/);
  });
});
