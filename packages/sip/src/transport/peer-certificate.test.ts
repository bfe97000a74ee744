import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseSubjectAltName } from "./peer-certificate.ts";

describe("subject alternative names in Node's text form", () => {
  const rows: readonly (readonly [
    text: string,
    dnsNames: readonly string[],
    uris: readonly string[],
    others?: number,
  ])[] = [
    ["", [], []],
    ["DNS:Sip.Example.com", ["sip.example.com"], []],
    [
      "DNS:a.example, URI:sip:b.example, IP Address:192.0.2.1, DNS:c.example",
      ["a.example", "c.example"],
      ["sip:b.example"],
      1,
    ],
    // CVE-2021-44532: a name with a comma pretends to be two; Node quotes it, we do not use it.
    ['DNS:"evil.example\\u002c DNS:good.example", DNS:own.example', ["own.example"], [], 1],
    ['DNS:"a\\"b, DNS:good.example", URI:sip:own.example', [], ["sip:own.example"], 1],
    ["DNS:\u212aa.example", ["\u212aa.example"], []],
    ["othername:<unsupported>, DNS:a.example", ["a.example"], [], 1],
  ];
  for (const [text, dnsNames, uris, otherAlternativeNames = 0] of rows) {
    test(text === "" ? "none" : text, () =>
      assert.deepEqual(parseSubjectAltName(text), { dnsNames, uris, otherAlternativeNames }),
    );
  }
});
