import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { domainOf, fqdnInForce, hostOf, withDomain } from "./node-domains.ts";

const IMP1 = { name: "imp1", fqdn: "imp1.example.com" };

describe("the FQDN in force", () => {
  const changed = withDomain({}, IMP1, "example.org");

  test("is the settings file's until the domain is changed", () => {
    assert.equal(fqdnInForce(IMP1, {}), "imp1.example.com");
    assert.equal(fqdnInForce(IMP1, changed), "imp1.example.org");
  });

  test("is the settings file's again once that says something newer", () => {
    assert.equal(fqdnInForce({ name: "imp1", fqdn: "imp1.example.net" }, changed), "imp1.example.net");
  });

  test("of one node is nothing to another, whatever its name", () => {
    assert.equal(fqdnInForce({ name: "imp2", fqdn: "imp1.example.com" }, changed), "imp1.example.com");
    assert.equal(fqdnInForce({ name: "constructor", fqdn: "imp1.example.com" }, changed), "imp1.example.com");
  });

  test("a host without a domain gets one", () => {
    assert.deepEqual([hostOf("imp1"), domainOf("imp1")], ["imp1", ""]);
    assert.deepEqual([hostOf("imp1.a.example"), domainOf("imp1.a.example")], ["imp1", "a.example"]);
    const bare = { name: "imp1", fqdn: "imp1" };
    assert.equal(fqdnInForce(bare, withDomain({}, bare, "example.org")), "imp1.example.org");
  });
});
