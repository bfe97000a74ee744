import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { domain, makeFederation, route, type Step } from "./federation-parts.ts";

const HOSTED = "_sipfederationtls._tcp.hosted.example";
const AOL = "_sipfederationtls._tcp.aol.com";
const CONTOSO = "_sipfederationtls._tcp.contoso.example";
const aol: readonly Step[] = [domain("aol.com", "aol"), domain("hosted.example", "aol")];

describe("explaining a route (contract §4)", () => {
  test("names each question in order and what came of it", async () => {
    const parts = makeFederation(...aol, route("aol.com", "gw.aol.com"));
    parts.zone.host("gw.aol.com", "192.0.2.80", "2001:db8::80");
    assert.deepEqual(await parts.federation.explain("sip:bob@Hosted.example"), {
      uri: "sip:bob@Hosted.example",
      domain: "hosted.example",
      integrationType: "aol",
      verdict: "route",
      steps: [
        {
          step: 1,
          rule: "static-route",
          name: "hosted.example",
          outcome: "none",
          detail: "no static route for hosted.example",
        },
        { step: 2, rule: "dns-srv", name: HOSTED, outcome: "none", detail: `no SRV record ${HOSTED}` },
        { step: 3, rule: "static-route", name: "aol.com", outcome: "matched", detail: ".com.aol.*" },
        { step: 4, rule: "dns-srv", name: AOL, outcome: "skipped", detail: "an earlier step has answered" },
      ],
      nextHops: [
        {
          host: "gw.aol.com",
          port: 5061,
          protocol: "tls",
          addresses: ["192.0.2.80", "2001:db8::80"],
          from: "static-route 1",
        },
      ],
    });
    assert.equal(parts.decisions.length, 0);
  });

  const verdicts: readonly {
    rule: string;
    steps: readonly Step[];
    silent?: boolean;
    verdict: string;
    outcomes: string;
  }[] = [
    { rule: "nobody", steps: [], verdict: "not-federated", outcomes: "none none none none none" },
    { rule: "nothing found", steps: [domain("contoso.example")], verdict: "no-route", outcomes: "none none" },
    {
      rule: "blocked",
      steps: [domain("contoso.example"), route(".*", "x", { blocked: true })],
      verdict: "blocked",
      outcomes: "matched skipped",
    },
    {
      rule: "silent DNS",
      steps: [domain("contoso.example")],
      silent: true,
      verdict: "no-route",
      outcomes: "none failed",
    },
    {
      rule: "direct federation",
      steps: [domain("contoso.example", "microsoft", { directFederation: true })],
      verdict: "no-route",
      outcomes: "none skipped",
    },
  ];
  for (const { rule, steps, silent, verdict, outcomes } of verdicts) {
    test(`${rule}: ${verdict}`, async () => {
      const parts = makeFederation(...steps);
      if (silent === true) parts.zone.fault(CONTOSO, "silent");
      const told = await parts.federation.explain("bob@contoso.example");
      assert.equal(told?.verdict, verdict);
      assert.equal(told?.steps.map((step) => step.outcome).join(" "), outcomes);
    });
  }

  test("is nothing for what is no SIP URI", async () => {
    assert.equal(await makeFederation().federation.explain("sip:"), undefined);
  });
});
