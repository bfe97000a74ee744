import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { reverseNameOf } from "./reverse-name.ts";

const zeros = (count: number): string => Array(count).fill("0").join(".");

describe("the name of an address (RFC 1035 §3.5, RFC 3596 §2.5)", () => {
  const rows = [
    { address: "192.0.2.7", name: "7.2.0.192.in-addr.arpa" },
    { address: "::1", name: `1.${zeros(31)}.ip6.arpa` },
    {
      address: "4321:0:1:2:3:4:567:89ab",
      name: "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa",
    },
    { address: "2001:DB8::", name: `${zeros(24)}.8.b.d.0.1.0.0.2.ip6.arpa` },
    { address: "::ffff:192.0.2.1", name: `1.0.2.0.0.0.0.c.f.f.f.f.${zeros(20)}.ip6.arpa` },
  ];
  for (const { address, name } of rows) test(address, () => assert.equal(reverseNameOf(address), name));
});
