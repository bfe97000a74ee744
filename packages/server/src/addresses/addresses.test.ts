import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeClock } from "@interpres/testkit";
import { KnownAddresses } from "./known-addresses.ts";
import { ShownAddresses } from "./shown-addresses.ts";
import { mixesScripts, skeletonOf } from "./skeleton.ts";

/** The first letter is Cyrillic. */
const FALSE_ALICE = "аlice@contoso.example";
const ALICE = "alice@contoso.example";

describe("A8, RFC 7247 §8: addresses that can be taken for others", () => {
  const alike: readonly (readonly [string, string, string])[] = [
    ["a Cyrillic letter in a Latin name", ALICE, FALSE_ALICE],
    ["a name of Cyrillic letters alone", "сор@x.example", "cop@x.example"],
    ["a domain by its A-label", "bob@example.com", "bob@xn--xample-2of.com"],
    ["a digit for a letter", "bill@x.example", "bi1l@x.example"],
    ["two letters for one", "modern@x.example", "rnodern@x.example"],
    ["an accent written apart", "zoe\u0301@x.example", "zoé@x.example"],
  ];
  for (const [rule, one, other] of alike)
    test(`${rule} looks alike`, () => assert.equal(skeletonOf(one), skeletonOf(other)));

  test("other names do not", () => {
    for (const other of ["alicia@contoso.example", "alice@contoso.test", "élice@contoso.example"])
      assert.notEqual(skeletonOf(ALICE), skeletonOf(other));
  });

  test("a word of several scripts is marked, several words are not", () => {
    assert.equal(mixesScripts(FALSE_ALICE), true);
    assert.equal(mixesScripts("иван.petrov@x.example"), false);
    assert.equal(mixesScripts("ivan@бюро.example"), false);
    assert.equal(mixesScripts("太郎taro@x.example"), false);
  });

  test("they are looked for among the addresses known here, again after five seconds", () => {
    const clock = new FakeClock();
    const known = [ALICE];
    const addresses = new KnownAddresses({ clock, known: () => known });
    assert.deepEqual(addresses.looksLike(FALSE_ALICE), [ALICE]);
    assert.deepEqual(addresses.looksLike(ALICE), []);
    known.push(FALSE_ALICE);
    assert.deepEqual(addresses.looksLike(ALICE), []);
    clock.advance(5000);
    assert.deepEqual(addresses.looksLike(ALICE), [FALSE_ALICE]);
  });

  test("both forms stand side by side; a domain is shown only where it needs a warning", () => {
    const looksLike = (address: string) => (address === "c0ntoso.example" ? ["contoso.example"] : []);
    const bothForms = (text: string) =>
      text.includes("@") ? { jid: "o\\27hara@x.example", sipUri: "sip:o'hara@x.example" } : undefined;
    const shown = new ShownAddresses({ bothForms }, { looksLike });
    const plain = { looksLike: [], mixesScripts: false };
    assert.deepEqual(shown.of({ address: "o\\27hara@x.example" }), [
      { jid: "o\\27hara@x.example", sipUri: "sip:o'hara@x.example", ...plain },
    ]);
    const written = "sip:o%27hara@X.example";
    assert.equal(shown.of({ address: "o\\27hara@x.example", uri: written })[0]?.sipUri, written);
    assert.deepEqual(shown.of({ address: "contoso.example" }, { address: undefined }), []);
    assert.deepEqual(shown.of({ address: "c0ntoso.example" }), [
      { jid: "c0ntoso.example", sipUri: null, looksLike: ["contoso.example"], mixesScripts: false },
    ]);
  });
});
