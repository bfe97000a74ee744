import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { routingFqdnProblem } from "./routing-fqdn.ts";

describe("routing FQDN, proxy domain and mail domains (facts R2, R70)", () => {
  const rows: readonly {
    readonly fqdn: string;
    readonly proxy?: string;
    readonly mail?: readonly string[];
    readonly problem?: RegExp;
  }[] = [
    { fqdn: "imp1.example.com" },
    { fqdn: "example.com" },
    { fqdn: "imp1.example.com", proxy: "" },
    { fqdn: "imp1.other.example", problem: /no name in the SIP proxy domain example\.com/ },
    { fqdn: "imp1.badexample.com", problem: /no name in the SIP proxy domain/ },
    { fqdn: "imp1.example.com", mail: ["example.com"] },
    { fqdn: "imp1.mail.example", mail: ["mail.example"] },
    { fqdn: "imp1.mail.example", mail: ["mail.example", "second.example"] },
    {
      fqdn: "imp1.example.com",
      mail: ["mail.example"],
      problem: /addresses in mail\.example, and imp1\.example\.com is no/,
    },
    { fqdn: "imp1.example.com", mail: ["example.com", "mail.example"], problem: /addresses in mail\.example,/ },
  ];
  for (const { fqdn, proxy = "example.com", mail = [], problem } of rows) {
    const given = `${fqdn} with proxy domain "${proxy}" and mail domains ${mail.join(", ") || "none"}`;
    test(`R70: ${given}: ${problem === undefined ? "fits" : "does not"}`, () => {
      const found = routingFqdnProblem({ fqdn, sipProxyDomain: proxy, mailDomains: mail });
      assert.match(found ?? "", problem ?? /^$/);
    });
  }
});
