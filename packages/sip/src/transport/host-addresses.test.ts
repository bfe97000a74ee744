import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeZone } from "@interpres/testkit";
import { addressesOf } from "./host-addresses.ts";

describe("addresses of a host", () => {
  test("an address is its own, and DNS is not asked", async () => {
    const zone = new FakeZone();
    assert.deepEqual(await addressesOf("192.0.2.1", zone), { kind: "addresses", addresses: ["192.0.2.1"] });
    assert.deepEqual(await addressesOf("2001:db8::1", zone), { kind: "addresses", addresses: ["2001:db8::1"] });
    assert.deepEqual(zone.queries, []);
  });

  test("both families take turns, IPv4 first, eight at most", async () => {
    const zone = new FakeZone().host("a.example", "192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1", "2001:db8::2");
    const found = await addressesOf("a.example", zone);
    const inTurn = ["192.0.2.1", "2001:db8::1", "192.0.2.2", "2001:db8::2", "192.0.2.3"];
    assert.deepEqual(found, { kind: "addresses", addresses: inTurn });
    zone.host("b.example", ...Array.from({ length: 20 }, (_, index) => `192.0.2.${index}`));
    const many = await addressesOf("b.example", zone);
    assert.equal(many.kind === "addresses" && many.addresses.length, 8);
  });

  test("IPv6 alone is enough; one family failing does not hide the other", async () => {
    const zone = new FakeZone().host("six.example", "2001:db8::1");
    assert.deepEqual(await addressesOf("six.example", zone), { kind: "addresses", addresses: ["2001:db8::1"] });
  });

  test("no address and no answer are told apart in words", async () => {
    const zone = new FakeZone().fault("broken.example", "server-failure");
    assert.deepEqual(await addressesOf("none.example", zone), { kind: "none", reason: "none.example has no address" });
    assert.deepEqual(await addressesOf("broken.example", zone), {
      kind: "none",
      reason: "broken.example: server-failure",
    });
  });
});
