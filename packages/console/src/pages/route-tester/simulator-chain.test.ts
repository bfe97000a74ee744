import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AdmissionExplanation, OutboundExplanation } from "@interpres/admin-api";
import { inboundChain, isDifferent, outboundChain } from "./simulator-chain.ts";

function answer(outcome: "passed" | "refused"): AdmissionExplanation {
  const steps = [
    {
      step: 1,
      name: "connection: incoming-acl",
      rule: "incoming-acl",
      outcome: "passed",
      detail: "192.0.2.1",
    } as const,
    { step: 2, name: "request: incoming-acl", rule: "incoming-acl", outcome, detail: "" },
    { step: 3, name: "request: claimed-domain", rule: "claimed-domain", outcome: "refused", detail: "" } as const,
  ];
  return { verdict: "refused", rule: outcome === "refused" ? "incoming-acl" : "claimed-domain", steps };
}

describe("a decision in words", () => {
  const [now, draft] = [inboundChain(answer("passed"), "a.example"), inboundChain(answer("refused"), "a.example")];

  test("marks what refused first, not what would have refused as well", () => {
    const decisive = (chain: typeof now) => chain.steps.filter(({ isDecisive }) => isDecisive).map(({ key }) => key);
    assert.deepEqual([decisive(now), decisive(draft)], [["request: claimed-domain"], ["request: incoming-acl"]]);
    assert.equal(draft.verdict, "A message from a.example would be refused: incoming-acl.");
  });

  test("knows which steps are others with the draft", () => {
    assert.deepEqual(
      draft.steps.map((step) => isDifferent(step, now)),
      [false, true, false],
    );
  });
});

test("a next hop without an address says so", () => {
  const hop = { host: "edge2.contoso.example", port: 5061, protocol: "tls", from: "static-route 2", addresses: [] };
  const route = { uri: "sip:bob@contoso.example", domain: "contoso.example", verdict: "route", steps: [] };
  const explained = {
    route: { ...route, nextHops: [hop] },
    identity: null,
    tls: null,
  } as unknown as OutboundExplanation;
  assert.match(outboundChain(explained).hops.join(), /static-route 2: no address is known$/);
});
