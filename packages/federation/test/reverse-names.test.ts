import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Fields, type Logger, type Resolver, silentLogger } from "@interpres/runtime";
import type { ConnectionFacts } from "@interpres/sip";
import { FakeClock, FakeZone, settled } from "@interpres/testkit";
import { ReverseNames } from "../src/admission/reverse-names.ts";
import {
  acl,
  domain,
  finalVerdict,
  makeFederation,
  request,
  route,
  type TestFederation,
  told,
} from "./federation-parts.ts";

const [HOST, ADDRESS] = ["fe2.contoso.example", "192.0.2.9"];

interface Scene {
  readonly names: ReverseNames;
  readonly zone: FakeZone;
  readonly clock: FakeClock;
  readonly warned: string[];
}

function scene(resolver?: Resolver): Scene {
  const [zone, clock] = [new FakeZone(), new FakeClock()];
  const warned: string[] = [];
  const log: Logger = { ...silentLogger, warn: (event: string, _fields?: Fields) => void warned.push(event) };
  return { names: new ReverseNames({ clock, resolver: resolver ?? zone, log }), zone, clock, warned };
}

/** DNS that says nothing until told to. */
class SlowDns implements Resolver {
  readonly #zone: FakeZone;
  #answer: () => void = () => undefined;
  readonly #held = new Promise<void>((resolve) => {
    this.#answer = resolve;
  });

  constructor(zone: FakeZone) {
    this.#zone = zone;
  }

  answer(): void {
    this.#answer();
  }

  async resolve(...question: Parameters<Resolver["resolve"]>): Promise<never> {
    await this.#held;
    return (await this.#zone.resolve(...question)) as never;
  }
}

describe("names of addresses (facts B2.2)", () => {
  test("a name counts when it leads back to the address, in whatever case", async () => {
    const { names, zone } = scene();
    zone.pointer(ADDRESS, "FE2.Contoso.example").host(HOST, ADDRESS);
    assert.equal(names.known(ADDRESS), undefined);
    await names.ask(ADDRESS);
    assert.deepEqual(names.known(ADDRESS), [HOST]);
  });

  test("IPv6 addresses are compared as addresses", async () => {
    const { names, zone } = scene();
    zone.pointer("2001:db8::9", HOST).host(HOST, "2001:DB8:0::9");
    await names.ask("2001:db8::9");
    assert.deepEqual(names.known("2001:db8::9"), [HOST]);
  });

  const nameless: readonly { readonly rule: string; readonly of: (zone: FakeZone) => unknown }[] = [
    { rule: "without a PTR record", of: () => undefined },
    { rule: "whose name leads elsewhere", of: (zone) => zone.pointer(ADDRESS, HOST).host(HOST, "198.51.100.1") },
    { rule: "whose name leads nowhere", of: (zone) => zone.pointer(ADDRESS, HOST) },
    { rule: "of a broken zone", of: (zone) => zone.pointer(ADDRESS, HOST).fault("9.2.0.192.in-addr.arpa", "refused") },
  ];
  for (const { rule, of } of nameless) {
    test(`an address ${rule} has no name, and is not asked for again for a minute`, async () => {
      const { names, zone, clock } = scene();
      of(zone);
      await names.ask(ADDRESS);
      assert.deepEqual(names.known(ADDRESS), []);
      const asked = zone.queries.length;
      clock.advance(59_000);
      names.known(ADDRESS);
      assert.equal(zone.queries.length, asked);
      clock.advance(2000);
      names.known(ADDRESS);
      assert.equal(zone.queries.length, asked + 1);
    });
  }

  test("a name is kept for its time to live, and stands while it is renewed", async () => {
    const { names, zone, clock } = scene();
    zone.pointer(ADDRESS, HOST, 120).host(HOST, ADDRESS);
    await names.ask(ADDRESS);
    const asked = zone.queries.length;
    clock.advance(119_000);
    assert.deepEqual(names.known(ADDRESS), [HOST]);
    assert.equal(zone.queries.length, asked);
    zone.remove("9.2.0.192.in-addr.arpa");
    clock.advance(2000);
    assert.deepEqual(names.known(ADDRESS), [HOST]);
    await settled();
    assert.deepEqual(names.known(ADDRESS), []);
  });

  test("nobody waits longer than two seconds; what DNS says later counts for the next", async () => {
    const zone = new FakeZone().pointer(ADDRESS, HOST).host(HOST, ADDRESS);
    const slow = new SlowDns(zone);
    const { names, clock, warned } = scene(slow);
    let isSettled = false;
    void names.ask(ADDRESS)?.then(() => {
      isSettled = true;
    });
    await clock.elapse(1999);
    assert.equal(isSettled, false);
    await clock.elapse(1);
    assert.equal(isSettled, true);
    assert.deepEqual(names.known(ADDRESS), []);
    assert.deepEqual(warned, ["reverse-name.slow"]);
    slow.answer();
    await settled();
    assert.deepEqual(names.known(ADDRESS), [HOST]);
  });

  test("the same address is asked for once, and no more than sixteen at a time", () => {
    const { names } = scene(new SlowDns(new FakeZone()));
    const asking = names.ask(ADDRESS);
    assert.equal(names.ask(ADDRESS), asking);
    for (let count = 1; count < 16; count += 1) assert.ok(names.ask(`198.51.100.${count}`));
    assert.equal(names.ask("198.51.100.99"), undefined);
  });
});

describe("who comes without a certificate is tested by name (facts B2.2)", () => {
  const from = (remoteAddress: string, protocol: "tcp" | "udp" = "tcp"): ConnectionFacts => {
    return { protocol, direction: "inbound", remoteAddress, remotePort: 40_000 };
  };
  const steps = [
    domain("contoso.example", "standard"),
    route("contoso.example", "192.0.2.1", { protocol: "tcp" }),
    domain("secure.example"),
  ];

  async function kind({ federation }: TestFederation, facts: ConnectionFacts): Promise<string> {
    return (await finalVerdict(federation, facts)).kind;
  }

  const patterns = [
    { pattern: "Allow from gw.partner.net", answer: "admit" },
    { pattern: "Allow from partner.net", answer: "admit" },
    { pattern: "Allow from gw2.partner.net", answer: "refuse" },
    { pattern: "Allow from rtner.net", answer: "refuse" },
  ];
  for (const { pattern, answer } of patterns) {
    test(`${pattern}: gw.partner.net at TCP and UDP: ${answer}`, async () => {
      const parts = makeFederation(...steps, acl(pattern));
      parts.zone.pointer(ADDRESS, "gw.partner.net").host("gw.partner.net", ADDRESS);
      assert.equal(await kind(parts, from(ADDRESS)), answer);
      assert.equal(await kind(parts, from(ADDRESS, "udp")), answer);
    });
  }

  test("a host of nobody's is refused, and the refusal says its name", async () => {
    const parts = makeFederation(...steps);
    parts.zone.pointer(ADDRESS, "host.stranger.example").host("host.stranger.example", ADDRESS);
    assert.equal(await kind(parts, from(ADDRESS)), "refuse");
    assert.deepEqual(parts.decisions[0]?.decisions[0]?.inputs, {
      presented: `${ADDRESS}, host.stranger.example`,
      expected: "an entry of the incoming access list",
    });
  });

  test("an address that is listed is not looked up", async () => {
    const parts = makeFederation(...steps, acl(`Allow from ${ADDRESS}`));
    assert.equal(await kind(parts, from(ADDRESS)), "admit");
    assert.deepEqual(parts.zone.queries, []);
  });

  test("who shows a certificate is known by that: no question of DNS", async () => {
    const parts = makeFederation(...steps);
    const facts: ConnectionFacts = { ...from(ADDRESS), protocol: "tls" };
    assert.equal(await kind(parts, facts), "refuse");
    assert.deepEqual(parts.zone.queries, []);
  });

  test("its name speaks for its own domain where that is reached without TLS, and for no other", async () => {
    const parts = makeFederation(...steps);
    parts.zone.pointer(ADDRESS, HOST).host(HOST, ADDRESS);
    await kind(parts, from(ADDRESS));
    const verdict = parts.federation.connectionGate.admit(from(ADDRESS));
    assert.ok(verdict.kind === "admit");
    const connection = { ...from(ADDRESS), identity: verdict.identity } as never;
    const asked = (uri: string): string =>
      told(parts.federation.requestGate.admit(request({ method: "OPTIONS", from: uri, uri: "sip:x" }), connection));
    assert.equal(asked("sip:bob@contoso.example"), "admit");
    assert.equal(asked("sip:bob@secure.example"), "403 claimed-domain");
  });

  test("a name within a domain that is reached by TLS alone proves nothing", async () => {
    const parts = makeFederation(domain("contoso.example"), route("contoso.example", "sip.contoso.example"));
    parts.zone.pointer(ADDRESS, HOST).host(HOST, ADDRESS);
    await kind(parts, from(ADDRESS));
    const verdict = parts.federation.connectionGate.admit(from(ADDRESS));
    assert.ok(verdict.kind === "admit");
    const connection = { ...from(ADDRESS), identity: verdict.identity } as never;
    assert.equal(told(parts.federation.requestGate.admit(request({}), connection)), "403 claimed-domain");
  });
});
