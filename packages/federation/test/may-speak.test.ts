import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask, contoso, domain, EDGE, makeFederation, route, type Step, selected, told } from "./federation-parts.ts";

describe("who may speak for a domain (design §5)", () => {
  const rows: readonly {
    rule: string;
    steps: readonly Step[];
    name: string;
    address?: string;
    from?: string;
    gives: string;
  }[] = [
    {
      rule: "a backup route's host",
      steps: [
        ...contoso,
        route("contoso.example", "backup.contoso.net", { priority: 2 }),
        selected("backup.contoso.net"),
      ],
      name: "backup.contoso.net",
      gives: "admit",
    },
    {
      rule: "a certificate of the domain itself",
      steps: [domain("contoso.example"), selected("contoso.example")],
      name: "contoso.example",
      gives: "admit",
    },
    {
      rule: "an explicit binding",
      steps: [...contoso, selected("pool.hoster.net", { speaksFor: ["contoso.example"] })],
      name: "pool.hoster.net",
      gives: "admit",
    },
    {
      rule: "not without one",
      steps: [...contoso, selected("pool.hoster.net")],
      name: "pool.hoster.net",
      gives: "403 claimed-domain",
    },
    {
      rule: "a subject within the domain when the hop is an address (R27)",
      steps: [domain("contoso.example"), route("contoso.example", "192.0.2.1"), selected(EDGE)],
      name: EDGE,
      gives: "admit",
    },
    {
      rule: "a pool's name within the domain, whatever host the route names (B2.5)",
      steps: [
        domain("contoso.example"),
        route("contoso.example", "fe1.contoso.example"),
        selected("pool.contoso.example"),
      ],
      name: "pool.contoso.example",
      gives: "admit",
    },
    {
      rule: "not a name within a subdomain that is federated by itself",
      steps: [...contoso, domain("lab.contoso.example"), selected("sip.lab.contoso.example")],
      name: "sip.lab.contoso.example",
      gives: "403 claimed-domain",
    },
    {
      rule: "a subject nobody claims, at the hop's address",
      steps: [domain("contoso.example"), route("contoso.example", "192.0.2.1"), selected("edge.hoster.net")],
      name: "edge.hoster.net",
      gives: "admit",
    },
    {
      rule: "not from another address",
      steps: [domain("contoso.example"), route("contoso.example", "192.0.2.1"), selected("edge.hoster.net")],
      name: "edge.hoster.net",
      address: "192.0.2.9",
      gives: "403 claimed-domain",
    },
    {
      rule: "not a subject another domain claims",
      steps: [
        domain("contoso.example"),
        route("contoso.example", "192.0.2.1"),
        domain("fabrikam.example"),
        route("fabrikam.example", "edge.fabrikam.net"),
        selected("edge.fabrikam.net"),
      ],
      name: "edge.fabrikam.net",
      gives: "403 claimed-domain",
    },
    {
      rule: "the clearing house for a domain of type aol",
      steps: [
        domain("aol.com", "aol"),
        domain("hosted.example", "aol"),
        route("aol.com", "sip.oscar.net"),
        selected("sip.oscar.net"),
      ],
      name: "sip.oscar.net",
      from: "sip:bob@hosted.example",
      gives: "admit",
    },
    {
      rule: "not the clearing house for a domain of type microsoft (R58)",
      steps: [domain("aol.com", "aol"), ...contoso, route("aol.com", "sip.oscar.net"), selected("sip.oscar.net")],
      name: "sip.oscar.net",
      gives: "403 claimed-domain",
    },
    {
      rule: "the clearing house not for a domain nobody added (R8)",
      steps: [domain("aol.com", "aol"), route("aol.com", "sip.oscar.net"), selected("sip.oscar.net")],
      name: "sip.oscar.net",
      from: "sip:bob@acompany.example",
      gives: "403 domain-not-federated",
    },
  ];
  for (const { rule, steps, name, address, from = "sip:bob@contoso.example", gives } of rows) {
    test(rule, () => assert.equal(told(ask(makeFederation(...steps), { from }, name, address)), gives));
  }

  test("an SRV target, as soon as DNS has told it", async () => {
    const parts = makeFederation(domain("contoso.example"), selected("edge.hoster.net"));
    parts.zone.service("_sipfederationtls._tcp.contoso.example", "edge.hoster.net", 5061);
    assert.equal(told(ask(parts, {}, "edge.hoster.net")), "403 claimed-domain");
    await parts.clock.elapse(0);
    assert.equal(told(ask(parts, {}, "edge.hoster.net")), "admit");
  });

  test("no longer when DNS says otherwise", async () => {
    const parts = makeFederation(domain("contoso.example"), selected("edge.hoster.net"), selected("new.hoster.net"));
    parts.zone.service("_sipfederationtls._tcp.contoso.example", "edge.hoster.net", 5061);
    parts.federation.start();
    await parts.clock.elapse(0);
    assert.equal(told(ask(parts, {}, "edge.hoster.net")), "admit");
    parts.zone.service("_sipfederationtls._tcp.contoso.example", "new.hoster.net", 5061);
    await parts.clock.elapse(301_000);
    assert.equal(told(ask(parts, {}, "edge.hoster.net")), "403 claimed-domain");
    assert.equal(told(ask(parts, {}, "new.hoster.net")), "admit");
    parts.federation.stop();
    assert.equal(parts.clock.pendingTimers, 0);
  });

  test("DNS that falls silent changes nothing", async () => {
    const parts = makeFederation(domain("contoso.example"), selected("edge.hoster.net"));
    parts.zone.service("_sipfederationtls._tcp.contoso.example", "edge.hoster.net", 5061);
    parts.federation.start();
    await parts.clock.elapse(0);
    parts.zone.fault("_sipfederationtls._tcp.contoso.example", "silent");
    await parts.clock.elapse(1_000_000);
    assert.equal(told(ask(parts, {}, "edge.hoster.net")), "admit");
    parts.federation.stop();
  });
});
