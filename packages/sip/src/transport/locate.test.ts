import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NaptrRecord } from "@interpres/runtime";
import { FakeZone, SeededRandom } from "@interpres/testkit";
import { type LocateQuery, locate, locateService, selectServices } from "./locate.ts";

const naptr = (order: number, services: string, replacement: string, rest: Partial<NaptrRecord> = {}): NaptrRecord => ({
  order,
  preference: 50,
  flags: "s",
  services,
  regexp: "",
  replacement,
  ...rest,
});

/** Targets as `protocol host:port`, or the kind of answer there was instead. */
async function located(zone: FakeZone, query: LocateQuery): Promise<readonly string[] | string> {
  const found = await locate(query, { resolver: zone, random: new SeededRandom() });
  return found.kind === "targets"
    ? found.targets.map(({ protocol, host, port }) => `${protocol} ${host}:${port}`)
    : found.kind;
}

const full = (): FakeZone =>
  new FakeZone()
    .set("example.com", "NAPTR", [
      naptr(90, "SIP+D2T", "_sip._tcp.example.com"),
      naptr(50, "SIPS+D2T", "_sips._tcp.example.com"),
      naptr(100, "SIP+D2U", "_sip._udp.example.com"),
    ])
    .service("_sips._tcp.example.com", "edge.example.com", 5061)
    .service("_sip._tcp.example.com", "edge.example.com", 5060)
    .service("_sip._udp.example.com", "edge.example.com", 5060);

describe("locating a SIP server (RFC 3263 §4)", () => {
  const rows: readonly {
    readonly rule: string;
    readonly zone?: FakeZone;
    readonly query: LocateQuery;
    readonly gives: readonly string[] | string;
  }[] = [
    { rule: "§4.1 address: UDP", query: { scheme: "sip", host: "192.0.2.1" }, gives: ["udp 192.0.2.1:5060"] },
    {
      rule: "§4.1 address of sips: TLS",
      query: { scheme: "sips", host: "[2001:db8::1]" },
      gives: ["tls 2001:db8::1:5061"],
    },
    {
      rule: "§4.1 port given: no SRV, UDP",
      zone: full(),
      query: { scheme: "sip", host: "example.com", port: 5080 },
      gives: ["udp example.com:5080"],
    },
    {
      rule: "§4.2 port and transport given: as they are",
      zone: full(),
      query: { scheme: "sip", host: "example.com", port: 5080, transport: "tcp" },
      gives: ["tcp example.com:5080"],
    },
    {
      rule: "§4.1 NAPTR decides the order of transports",
      zone: full(),
      query: { scheme: "sip", host: "example.com" },
      gives: ["tls edge.example.com:5061", "tcp edge.example.com:5060", "udp edge.example.com:5060"],
    },
    {
      rule: "§4.1 sips keeps SIPS services only",
      zone: full(),
      query: { scheme: "sips", host: "example.com" },
      gives: ["tls edge.example.com:5061"],
    },
    {
      rule: "§4.2 transport given: SRV of that transport",
      zone: full(),
      query: { scheme: "sip", host: "example.com", transport: "tcp" },
      gives: ["tcp edge.example.com:5060"],
    },
    {
      rule: "§26.2.2 of RFC 3261: sips with transport=tcp is TLS",
      zone: full(),
      query: { scheme: "sips", host: "example.com", transport: "tcp" },
      gives: ["tls edge.example.com:5061"],
    },
    {
      rule: "§4.1 without NAPTR: SRV of each transport we speak, in our order",
      zone: full().set("example.com", "NAPTR", []).remove("example.com"),
      query: { scheme: "sip", host: "example.com", supported: ["tcp", "udp"] },
      gives: ["tcp edge.example.com:5060", "udp edge.example.com:5060"],
    },
    {
      rule: "§4.2 without any record: the name itself",
      query: { scheme: "sip", host: "example.com" },
      gives: ["udp example.com:5060"],
    },
    {
      rule: "§4.2 without any record, TLS only spoken: the name itself over TLS",
      query: { scheme: "sip", host: "example.com", supported: ["tls"] },
      gives: ["tls example.com:5061"],
    },
    {
      rule: "RFC 2782: the target . means no such service, and no address is tried",
      zone: new FakeZone().service("_sip._tcp.example.com", "", 0),
      query: { scheme: "sip", host: "example.com", transport: "tcp" },
      gives: "not-offered",
    },
    {
      rule: "DNS without an answer is no reason to try the name itself",
      zone: new FakeZone().fault("_sips._tcp.example.com", "server-failure"),
      query: { scheme: "sips", host: "example.com" },
      gives: "failed",
    },
  ];
  for (const { rule, zone = new FakeZone(), query, gives } of rows) {
    test(rule, async () => assert.deepEqual(await located(zone, query), gives));
  }

  test("NAPTR records of other services, with regular expressions or other flags are left out", () => {
    const records = [
      naptr(1, "E2U+sip", "_sip._tcp.example.com"),
      naptr(2, "SIP+D2T", "", { regexp: "!^.*$!sip:x@evil.example!" }),
      naptr(3, "SIP+D2T", "_a._tcp.example.com", { flags: "u" }),
      naptr(4, "SIP+D2S", "_sip._sctp.example.com"),
      naptr(5, "sip+d2t", "_b._tcp.example.com", { preference: 2 }),
      naptr(5, "SIP+D2T", "_c._tcp.example.com", { preference: 1 }),
    ];
    assert.deepEqual(selectServices(records, "sip"), [
      { name: "_c._tcp.example.com", protocol: "tcp" },
      { name: "_b._tcp.example.com", protocol: "tcp" },
    ]);
  });
});

describe("the servers of one SRV name (RFC 2782)", () => {
  const name = "_sipfederationtls._tcp.contoso.example";
  const ports = (zone: FakeZone) => ({ resolver: zone, random: new SeededRandom() });

  test("come in order, say where they come from, an alias of the name included", async () => {
    const zone = new FakeZone().alias(name, "srv.hoster.example").set("srv.hoster.example", "SRV", [
      { priority: 2, weight: 0, port: 5062, target: "b.hoster.example" },
      { priority: 1, weight: 0, port: 5061, target: "a.hoster.example" },
    ]);
    assert.deepEqual(await locateService({ name, protocol: "tls" }, ports(zone)), {
      kind: "targets",
      targets: [
        { host: "a.hoster.example", port: 5061, protocol: "tls", from: `dns-srv ${name}` },
        { host: "b.hoster.example", port: 5062, protocol: "tls", from: `dns-srv ${name}` },
      ],
    });
  });

  test("none, not offered and no answer are three different things", async () => {
    const zone = new FakeZone();
    assert.equal((await locateService({ name, protocol: "tls" }, ports(zone))).kind, "none");
    zone.service(name, "", 0);
    assert.equal((await locateService({ name, protocol: "tls" }, ports(zone))).kind, "not-offered");
    zone.fault(name, "silent");
    assert.equal((await locateService({ name, protocol: "tls" }, ports(zone))).kind, "failed");
  });

  test("of a hundred, sixteen are kept", async () => {
    const records = Array.from({ length: 100 }, (_, index) => ({
      priority: 1,
      weight: 1,
      port: 5061,
      target: `h${index}`,
    }));
    const found = await locateService({ name, protocol: "tls" }, ports(new FakeZone().set(name, "SRV", records)));
    assert.equal(found.kind === "targets" && found.targets.length, 16);
  });
});
