import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createResolver } from "@interpres/runtime";
import { FakeClock, FakeZone, SeededRandom } from "@interpres/testkit";
import { DomainNetworks, type PublishedNetwork } from "../../src/routing/domain-network.ts";
import { domain, makeFederation } from "../federation-parts.ts";

const XMPP = "_xmpp-server._tcp.elsewhere.example";
const FEDERATION = "_sipfederationtls._tcp.elsewhere.example";
const TCP = "_sip._tcp.elsewhere.example";

describe("A1, RFC 7247 §5: which network a domain is in that nobody added", () => {
  const rows: readonly {
    readonly has: readonly string[];
    readonly silent?: string;
    readonly kind: PublishedNetwork;
  }[] = [
    { has: [XMPP], kind: "xmpp" },
    { has: [XMPP, TCP], kind: "xmpp-and-sip" },
    { has: [FEDERATION], kind: "sip" },
    { has: [TCP], kind: "sip" },
    { has: [], kind: "none" },
    { has: [TCP], silent: XMPP, kind: "unknown" },
    { has: [XMPP], silent: TCP, kind: "unknown" },
    { has: [XMPP, FEDERATION], silent: TCP, kind: "xmpp-and-sip" },
  ];
  for (const { has, silent, kind } of rows)
    test(`${has.join(" and ") || "no record"}${silent === undefined ? "" : `, ${silent} silent`}: ${kind}`, async () => {
      const { federation, zone } = makeFederation();
      for (const name of has) zone.service(name, "host.elsewhere.example", 5269);
      if (silent !== undefined) zone.fault(silent, "silent");
      const network = await federation.networkOf("Elsewhere.example.");
      assert.equal(network.kind, kind);
      assert.match(network.text, /elsewhere\.example/);
    });

  test("XMPP is asked for first, then SIP", async () => {
    const { federation, zone } = makeFederation();
    await federation.networkOf("elsewhere.example");
    assert.deepEqual(zone.queries.slice(-5), [
      `SRV ${XMPP}`,
      `SRV ${FEDERATION}`,
      "SRV _sips._tcp.elsewhere.example",
      `SRV ${TCP}`,
      "SRV _sip._udp.elsewhere.example",
    ]);
  });

  test("the explanation of an address there tells it; that of a domain that was added asks for no XMPP server", async () => {
    const { federation, zone, change } = makeFederation();
    zone.service(XMPP, "xmpp.elsewhere.example", 5269);
    const told = await federation.explain("bob@elsewhere.example");
    assert.equal(told?.verdict, "not-federated");
    assert.deepEqual(told?.steps[0], {
      step: 1,
      rule: "dns-srv",
      name: XMPP,
      outcome: "matched",
      detail: "xmpp.elsewhere.example:5269",
    });
    const asked = zone.queries.filter((query) => query.includes("_xmpp-server")).length;
    change(domain("elsewhere.example", "standard"));
    assert.equal((await federation.explain("bob@elsewhere.example"))?.verdict, "no-route");
    assert.equal(zone.queries.filter((query) => query.includes("_xmpp-server")).length, asked);
  });

  test("the verdict is remembered for the time to live of the records", async (context) => {
    const zone = new FakeZone().set(
      XMPP,
      "SRV",
      [{ priority: 1, weight: 1, port: 5269, target: "xmpp.elsewhere.example" }],
      60,
    );
    zone.negativeTtlSeconds = 60;
    const [server, clock] = [await zone.listen(), new FakeClock()];
    context.after(() => server.close());
    const resolver = createResolver({ clock, random: new SeededRandom(1), servers: [server.address] });
    const networks = new DomainNetworks({ resolver });
    const asked = async (): Promise<number> => {
      assert.equal((await networks.of("elsewhere.example")).kind, "xmpp");
      return zone.queries.length;
    };
    const once = await asked();
    assert.equal(await asked(), once);
    clock.advance(59_000);
    assert.equal(await asked(), once);
    clock.advance(2000);
    assert.equal(await asked(), 2 * once);
  });

  test("who names a thousand domains keeps DNS busy with a few of them", async () => {
    const { federation, zone } = makeFederation();
    const names = Array.from({ length: 1000 }, (_, index) => `d${index}.example`);
    const found = await Promise.all(names.map((name) => federation.networkOf(name)));
    assert.ok(zone.queries.length <= 40, `${zone.queries.length} questions`);
    assert.equal(found.at(-1)?.kind, "unknown");
    assert.equal((await federation.networkOf("later.example")).kind, "none");
  });
});
