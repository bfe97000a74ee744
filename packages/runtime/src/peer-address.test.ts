import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { peerAddress, peerDomain } from "./peer-address.ts";

describe("the address of a decision's peer", () => {
  const rows = [
    { peer: "contoso.example", address: "contoso.example", domain: "contoso.example" },
    { peer: "bob@contoso.example", address: "bob@contoso.example", domain: "contoso.example" },
    { peer: "sip:Bob@Contoso.Example", address: "bob@contoso.example", domain: "contoso.example" },
    { peer: "sip:bob@contoso.example;user=phone", address: "bob@contoso.example", domain: "contoso.example" },
    { peer: "SIPS:bob@contoso.example:5061?subject=x", address: "bob@contoso.example", domain: "contoso.example" },
    { peer: "sip:contoso.example;transport=tls", address: "contoso.example", domain: "contoso.example" },
    { peer: "sip:bob@[2001:db8::1]:5061", address: "bob@[2001:db8::1]", domain: "[2001:db8::1]" },
    { peer: "sip:+1555;ext=3@contoso.example", address: "+1555;ext=3@contoso.example", domain: "contoso.example" },
    { peer: "Access Edge: Contoso", address: "access edge: contoso", domain: "access edge: contoso" },
  ];
  for (const { peer, address, domain } of rows)
    test(peer, () => assert.deepEqual([peerAddress(peer), peerDomain(peer)], [address, domain]));
});
