import assert from "node:assert/strict";
import { test } from "node:test";
import { domainOf } from "./party.ts";

const rows = [
  ["sip:bob@Partner.example;transport=tls", "partner.example"],
  ["pres:bob@partner.example", "partner.example"],
  ["IM:bob@partner.example", "partner.example"],
  ["tel:+1555", ""],
  ["pres:", ""],
] as const;
for (const [uri, domain] of rows)
  test(`requests to ${uri} go to ${domain === "" ? "nowhere" : domain} (RFC 3428 §5, RFC 3856 §5)`, () =>
    assert.equal(domainOf(uri), domain));
