import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeBare, parseJid } from "@interpres/xmpp";
import fc from "fast-check";
import { sipUriOfJid } from "../../src/address/jid-to-sip-uri.ts";
import { jidOfSipAddress, readSipAddress } from "../../src/address/sip-uri-to-jid.ts";

const RUNS = { numRuns: 500 };
const awkward = fc.constantFrom(
  "\\",
  "20",
  "22",
  "26",
  "27",
  "2f",
  "3a",
  "3c",
  "3e",
  "40",
  "5c",
  "%",
  "a",
  "é",
  " ",
  "@",
  "/",
  "'",
  "&",
  ";",
  "\u0000",
  "ß",
);
const name = fc.oneof(
  fc.array(awkward, { minLength: 1, maxLength: 8 }).map((parts) => parts.join("")),
  fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }),
);

describe("addresses there and back (RFC 7247 §6)", () => {
  test("a JID that has a SIP URI is what that URI leads to", () => {
    fc.assert(
      fc.property(name, (local) => {
        const jid = makeBare(local, "x.example");
        const uri = jid === undefined ? undefined : sipUriOfJid(jid);
        if (jid === undefined || uri === undefined) return;
        assert.match(uri, /^sip:[!-~]+@x\.example$/);
        const back = readSipAddress(uri);
        assert.equal(back === undefined ? undefined : jidOfSipAddress(back)?.toString(), jid.toString());
      }),
      RUNS,
    );
  });

  test("whatever a user part decodes to, its JID keeps the domain and has no resource", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 16 }), (octets) => {
        const user = Array.from(octets, (octet) => `%${octet.toString(16).padStart(2, "0")}`).join("");
        const address = readSipAddress(`sip:${user}@x.example`);
        const jid = address === undefined ? undefined : jidOfSipAddress(address);
        if (jid === undefined) return;
        const parsed = parseJid(jid.toString());
        assert.equal(parsed?.kind, "bare");
        assert.equal(parsed?.domain, "x.example");
        const uri = sipUriOfJid(jid);
        const again = uri === undefined ? undefined : readSipAddress(uri);
        assert.equal(again === undefined ? undefined : jidOfSipAddress(again)?.toString(), jid.toString());
      }),
      RUNS,
    );
  });
});
