import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PeerDirectory } from "@interpres/federation";
import { ShownDomains } from "./federated-domains.ts";

const entry = (domain: string, description = "") =>
  ({ domain, description, integrationType: "aol", directFederation: false }) as const;

describe("federated domains as users see them (R12)", () => {
  test("a domain is written in its own script, as in addresses", () => {
    const domains = new ShownDomains(new PeerDirectory([entry("xn--bcher-kva.example", "Books")]));
    assert.deepEqual(domains.list(), [{ domain: "bücher.example", description: "Books" }]);
  });

  test("R9: an alias is listed as the domain it stands for, unless it was added itself", () => {
    const domains = new ShownDomains(new PeerDirectory([entry("aol.com")]));
    assert.deepEqual(
      ["aim.com", "aol.com", "other.example"].map((domain) => domains.listedAs(domain)),
      ["aol.com", "aol.com", "other.example"],
    );
    domains.take(new PeerDirectory([entry("aol.com"), entry("aim.com")]));
    assert.equal(domains.listedAs("aim.com"), "aim.com");
  });

  test("what users do not see is no change for them", () => {
    const domains = new ShownDomains(new PeerDirectory([entry("aol.com", "AOL")]));
    assert.equal(domains.take(new PeerDirectory([{ ...entry("aol.com", "AOL"), directFederation: true }])), false);
    assert.equal(domains.take(new PeerDirectory([entry("aol.com", "America Online")])), true);
    assert.equal(domains.take(new PeerDirectory([])), true);
  });
});
