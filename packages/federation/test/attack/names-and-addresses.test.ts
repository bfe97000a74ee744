import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NextHop } from "@interpres/sip";
import { domain, makeFederation, selected, type TestFederation } from "../federation-parts.ts";

/** Class 27 (addresses: `src/routing/address-policy.test.ts`): a foreign zone says where its own edge is. It does not say whom we are to call instead. */

const NAME = "_sipfederationtls._tcp.contoso.example";
const microsoft = [domain("contoso.example"), selected("sip.contoso.example")];

async function hops({ federation }: TestFederation): Promise<readonly NextHop[]> {
  const decision = await federation.nextHopSelector.select({
    domain: "contoso.example",
    uri: "sip:bob@contoso.example",
  });
  return decision.kind === "hops" ? decision.hops : [];
}

describe("what a foreign zone may make us do (attack class 27)", () => {
  for (const own of ["imp1.example.com", "IMP1.example.com"]) {
    test(`an SRV target that is ourselves (${own}) is not followed`, async () => {
      const parts = makeFederation(...microsoft);
      parts.zone.service(NAME, own, 5061);
      assert.deepEqual(await hops(parts), []);
    });
  }

  test("an SRV target of a dot means that nobody is there (RFC 2782)", async () => {
    const parts = makeFederation(...microsoft);
    parts.zone.service(NAME, ".", 0);
    assert.deepEqual(await hops(parts), []);
  });

  test("of a hundred SRV records a few are tried", async () => {
    const parts = makeFederation(...microsoft);
    for (let count = 0; count < 100; count += 1) parts.zone.service(NAME, `edge${count}.contoso.example`, 5061);
    const found = (await hops(parts)).length;
    assert.ok(found > 0 && found <= 16, `${found}`);
  });

  test("wherever the record points, the certificate has to be for the domain asked for or its hosts", async () => {
    const parts = makeFederation(...microsoft);
    parts.zone.service(NAME, "victim.hoster.example", 5061);
    for (const hop of await hops(parts)) assert.equal(hop.domain, "contoso.example");
  });
});
