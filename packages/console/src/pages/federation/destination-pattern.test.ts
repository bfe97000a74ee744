import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { domainOfPattern, patternOfDomain } from "./destination-pattern.ts";

describe("destination patterns of static routes", () => {
  test("a domain is turned round by labels", () => {
    assert.equal(patternOfDomain("domaina.com"), ".com.domaina.*");
    assert.equal(patternOfDomain("im.domaina.co.uk"), ".uk.co.domaina.im.*");
  });

  for (const text of ["", "domaina", ".com.domaina.*", "domaina..com", "user@domaina.com"])
    test(`"${text}" is no domain to turn round`, () => {
      assert.equal(patternOfDomain(text), undefined);
    });

  test("a pattern is turned back, and says whether it reaches below", () => {
    assert.deepEqual(domainOfPattern(".com.domaina.*"), { name: "domaina.com", reach: "below" });
    assert.deepEqual(domainOfPattern(".com.domaina"), { name: "domaina.com", reach: "alone" });
  });

  for (const text of ["", ".*", "domaina.com", ".com.*.x", "+49*"])
    test(`"${text}" stands for no one domain`, () => {
      assert.equal(domainOfPattern(text), undefined);
    });
});
