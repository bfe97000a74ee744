import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addressPolicy } from "./address-policy.ts";

const CONTOSO = "_sipfederationtls._tcp.contoso.example";

describe("addresses to connect to (attack class 27)", () => {
  const hop = (from: string) => ({ host: "x", port: 5061, protocol: "tls" as const, domain: "contoso.example", from });
  const found = [
    ["192.0.2.1", true],
    ["127.0.0.1", false],
    ["::1", false],
    ["::ffff:127.0.0.1", false],
    ["169.254.1.1", false],
    ["fe80::1", false],
    ["0.0.0.0", false],
    ["224.0.0.1", false],
    ["255.255.255.255", false],
  ] as const;
  for (const [address, isAllowed] of found) {
    test(`${address} from DNS is ${isAllowed ? "allowed" : "refused"}`, () => {
      assert.equal(addressPolicy("refused")(address, hop(`dns-srv ${CONTOSO}`)), isAllowed);
      assert.equal(addressPolicy("refused")(address, hop("static-route 1")), true);
    });
  }

  test("loopback from DNS is allowed where DNS itself is there", () => {
    assert.equal(addressPolicy("allowed")("127.0.0.1", hop(`dns-srv ${CONTOSO}`)), true);
    assert.equal(addressPolicy("allowed")("169.254.1.1", hop(`dns-srv ${CONTOSO}`)), false);
  });
});
