import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeZone } from "@interpres/testkit";
import { lookUpAddresses, lookUpNames, lookUpServices, showLookup } from "./host-lookup.ts";

const HOSTS = "127.0.0.1 localhost # loopback\n192.0.2.7\tIMP1.example.com imp1\n#192.0.2.8 imp2.example.com\n";

describe("utils network host (facts B5)", () => {
  const zone = new FakeZone()
    .set("7.2.0.192.in-addr.arpa", "PTR", [{ name: "edge.example.com" }])
    .host("imp1.example.com", "192.0.2.10", "2001:db8::10")
    .set("_sipfederationtls._tcp.example.com", "SRV", [
      { priority: 10, weight: 20, port: 5061, target: "imp1.example.com" },
    ]);
  const ports = { resolver: zone, hostFile: () => HOSTS };

  test("a name: what this machine says and what DNS says", async () => {
    const lookup = await lookUpAddresses("imp1.example.com", ports);
    assert.deepEqual(showLookup(lookup), [
      "Local Resolution:",
      "imp1.example.com resolves locally to 192.0.2.7",
      "",
      "External Resolution:",
      "imp1.example.com has address 192.0.2.10",
      "imp1.example.com has IPv6 address 2001:db8::10",
    ]);
    assert.equal(lookup.outcome, "found");
  });

  test("a service: priority, weight, port, target", async () => {
    const lookup = await lookUpServices("_sipfederationtls._tcp.example.com", ports);
    assert.deepEqual(showLookup(lookup), [
      "Local Resolution:",
      "Nothing found",
      "",
      "External Resolution:",
      "_sipfederationtls._tcp.example.com has SRV record 10 20 5061 imp1.example.com.",
    ]);
  });

  test("an address: its names, here and in DNS", async () => {
    const lookup = await lookUpNames("192.0.2.7", ports);
    assert.deepEqual(lookup.local, [
      "192.0.2.7 resolves locally to imp1.example.com",
      "192.0.2.7 resolves locally to imp1",
    ]);
    assert.deepEqual(lookup.external, ["192.0.2.7 domain name pointer edge.example.com."]);
    assert.equal((await lookUpNames("2001:db8::1", ports)).outcome, "none");
  });

  test("a name nobody knows is not found; a comment in the host file is nobody", async () => {
    const lookup = await lookUpAddresses("imp2.example.com", ports);
    assert.deepEqual(showLookup(lookup).slice(3), ["External Resolution:", "Nothing found"]);
    assert.equal(lookup.outcome, "none");
  });

  test("no answer is told apart from no such name", async () => {
    const failing = { resolve: async () => ({ kind: "failed", reason: "192.0.2.53: no answer in time" }) as const };
    const lookup = await lookUpAddresses("imp2.example.com", { ...ports, resolver: failing });
    assert.deepEqual(lookup.external, ["imp2.example.com could not be looked up: 192.0.2.53: no answer in time"]);
    assert.equal(lookup.outcome, "failed");
  });
});
