import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { escapeLocal, unescapeLocal } from "../../src/address/escape.ts";
import { makeBare, parseJid } from "../../src/address/jid.ts";

const anything = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.string());

describe("addresses", () => {
  test("preparing a prepared JID changes nothing (RFC 8264 §7)", () => {
    fc.assert(
      fc.property(anything, anything, anything, (local, domain, resource) => {
        const jid = parseJid(`${local}@${domain}.example/${resource}`);
        if (jid !== undefined) assert.equal(parseJid(jid.toString())?.toString(), jid.toString());
      }),
      { numRuns: 500 },
    );
  });

  test("a JID never parses into other parts than it was made of", () => {
    fc.assert(
      fc.property(anything, anything, (local, resource) => {
        const bare = makeBare(local, "example.com");
        if (bare === undefined) return;
        const again = parseJid(`${bare}/x${resource}`);
        if (again !== undefined) assert.ok(again.bare.equals(bare));
      }),
      { numRuns: 500 },
    );
  });

  test("unescape after escape gives the name, and no escaped name holds what JIDs forbid", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."\\2075c36aefs @/&'\"<>:") }), (name) => {
        const local = escapeLocal(name);
        if (local === undefined) return;
        assert.equal(unescapeLocal(local), name);
        assert.doesNotMatch(local, /[ "&'/:<>@]/);
      }),
      { numRuns: 2000 },
    );
  });
});
