import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { comparableName } from "./certificate-name.ts";

describe("names of certificates are compared (facts B15, RFC 5922 §7.2)", () => {
  const rows: readonly (readonly [rule: string, name: string, same: string])[] = [
    ["without regard to ASCII case", "SIP.Contoso.Example", "sip.contoso.example"],
    ["by their A-labels", "b\u00fccher.example", "xn--bcher-kva.example"],
    ["with A-labels in any case", "XN--BCHER-KVA.example", "b\u00fccher.example"],
    ["as free text where they are no domain", "Contoso Root CA", "contoso root ca"],
  ];
  for (const [rule, name, same] of rows) test(rule, () => assert.equal(comparableName(name), comparableName(same)));

  const others: readonly (readonly [rule: string, name: string, other: string])[] = [
    ["a Kelvin sign is no k", "sip.\u212aontoso.example", "sip.kontoso.example"],
    ["a full-width letter is no letter", "\uff53ip.contoso.example", "sip.contoso.example"],
    ["a long s is no s", "\u017fip.contoso.example", "sip.contoso.example"],
    ["a Cyrillic letter is no Latin one", "sip.c\u043entoso.example", "sip.contoso.example"],
    ["an ideographic full stop is no dot", "sip\u3002contoso.example", "sip.contoso.example"],
    ["a soft hyphen is not nothing", "sip.con\u00adtoso.example", "sip.contoso.example"],
    ["a name goes on behind NUL", "sip.contoso.example\0.evil.example", "sip.contoso.example"],
    ["blanks count", "sip.contoso.example ", "sip.contoso.example"],
    ["a trailing dot counts", "sip.contoso.example.", "sip.contoso.example"],
    ["a wildcard is a character", "*.contoso.example", "sip.contoso.example"],
    ["a name inside another attribute is no name", "x,cn=sip.contoso.example", "sip.contoso.example"],
  ];
  for (const [rule, name, other] of others)
    test(rule, () => assert.notEqual(comparableName(name), comparableName(other)));
});
