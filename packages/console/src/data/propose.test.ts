import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { authorityIn, hopOf } from "./propose.ts";

describe("where a record leads", () => {
  test("is its target and port", () => {
    assert.deepEqual(hopOf("0 5 5061 sip.contoso.example."), [{ host: "sip.contoso.example", port: 5061 }]);
    assert.deepEqual(hopOf("10 0 5062 sip.contoso.example"), [{ host: "sip.contoso.example", port: 5062 }]);
  });

  test("is nowhere where it offers nothing (RFC 2782)", () => {
    assert.deepEqual(hopOf("0 0 0 ."), []);
  });
});

describe("whom to trust of a chain", () => {
  const leaf = { subject: "CN=sip.contoso.example", issuer: "CN=Contoso CA", isAuthority: false };
  const authority = { subject: "CN=Contoso CA", issuer: "CN=Root", isAuthority: true };
  const selfSigned = { subject: "CN=sip.contoso.example", issuer: "CN=sip.contoso.example", isAuthority: false };
  const rows = [
    ["the authority behind a server's own", [leaf, authority], authority],
    ["a certificate that has signed itself", [selfSigned], selfSigned],
    ["nobody where the server's own stands alone", [leaf], undefined],
    ["nobody where nothing was presented", [], undefined],
  ] as const;
  for (const [name, chain, found] of rows) test(name, () => assert.equal(authorityIn(chain), found));
});
