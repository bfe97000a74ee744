import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { after, before, describe, test } from "node:test";
import { createResolver, parseDnsServer, systemClock, systemRandom } from "@interpres/runtime";
import { type FakeDnsServer, FakeZone } from "@interpres/testkit";
import { decode, encode } from "dns-packet";
import { DnsClient } from "../../src/dns-client.ts";

const zone = new FakeZone()
  .set("_sipfederationtls._tcp.contoso.example", "SRV", [
    { priority: 10, weight: 5, port: 5061, target: "sip.contoso.example" },
  ])
  .set("contoso.example", "NAPTR", [
    {
      order: 1,
      preference: 2,
      flags: "s",
      services: "SIPS+D2T",
      regexp: "",
      replacement: "_sips._tcp.contoso.example",
    },
  ])
  .host("many.example", ...Array.from({ length: 40 }, (_, index) => `192.0.2.${index + 1}`))
  .host("short.example", "192.0.2.1", "2001:db8::1")
  .fault("short.example", "truncated")
  .alias("alias.example", "short.example")
  .fault("broken.example", "server-failure");

describe("resolver over UDP and TCP", () => {
  let server: FakeDnsServer;
  before(async () => {
    server = await zone.listen();
  });
  after(() => server.close());
  const resolverOf = (...servers: readonly string[]) =>
    createResolver({ clock: systemClock, random: systemRandom, servers });

  test("reads SRV, NAPTR, AAAA and aliases", async () => {
    const resolver = resolverOf(server.address);
    const srv = await resolver.resolve("_sipfederationtls._tcp.contoso.example", "SRV");
    assert.deepEqual(srv.kind === "records" && srv.records, [
      { priority: 10, weight: 5, port: 5061, target: "sip.contoso.example" },
    ]);
    const naptr = await resolver.resolve("contoso.example", "NAPTR");
    assert.equal(naptr.kind === "records" && naptr.records[0]?.replacement, "_sips._tcp.contoso.example");
    const aaaa = await resolver.resolve("alias.example", "AAAA");
    assert.deepEqual(aaaa.kind === "records" && aaaa.records, [{ address: "2001:db8::1" }]);
  });

  test("asks again over TCP when the answer was cut", async () => {
    const resolver = resolverOf(server.address);
    const short = await resolver.resolve("short.example", "A");
    assert.deepEqual(short.kind === "records" && short.records, [{ address: "192.0.2.1" }]);
    const many = await resolver.resolve("many.example", "A");
    assert.equal(many.kind === "records" && many.records.length, 40);
  });

  test("goes on to the next server when one refuses, is closed or fails, and stays with the one that answers", async () => {
    const gone = await new FakeZone().listen();
    const closed = gone.address;
    await gone.close();
    const failing = await new FakeZone().fault("host.example", "refused").listen();
    try {
      zone.host("host.example", "192.0.2.7").host("other.example", "192.0.2.8");
      const resolver = resolverOf(closed, failing.address, server.address);
      assert.equal((await resolver.resolve("host.example", "A")).kind, "records");
      assert.equal((await resolver.resolve("other.example", "A")).kind, "records");
      const broken = await resolverOf(server.address).resolve("broken.example", "A");
      assert.equal(broken.kind, "failed");
    } finally {
      await failing.close();
    }
  });

  test("a server that stays silent is left after the time-out", async () => {
    const silent = await new FakeZone().fault("host.example", "silent").listen();
    try {
      const servers = [silent.address, server.address].map((text) => parseDnsServer(text) ?? { host: "", port: 0 });
      const client = new DnsClient({ clock: systemClock, random: systemRandom, servers, timeoutMs: 50 });
      const reply = await client.ask("host.example", "A");
      assert.ok(!("kind" in reply));
      const alone = new DnsClient({
        clock: systemClock,
        random: systemRandom,
        servers: servers.slice(0, 1),
        timeoutMs: 20,
      });
      assert.deepEqual(await alone.ask("host.example", "A"), {
        kind: "failed",
        reason: "127.0.0.1: no answer in time",
      });
    } finally {
      await silent.close();
    }
  });

  test("RFC 5452 §9.1: ignores datagrams with another id, another question, or no sense", async () => {
    const liar = await lyingServer();
    try {
      const servers = [{ host: "127.0.0.1", port: liar.address().port }];
      const client = new DnsClient({ clock: systemClock, random: systemRandom, servers, timeoutMs: 1000, rounds: 1 });
      const reply = await client.ask("host.example", "A");
      assert.ok(!("kind" in reply));
      const [answer] = reply.answers ?? [];
      assert.equal(answer?.type === "A" && answer.data, "192.0.2.1");
    } finally {
      liar.close();
    }
  });

  test("reads server addresses", () => {
    assert.deepEqual(parseDnsServer("127.0.0.1"), { host: "127.0.0.1", port: 53 });
    assert.deepEqual(parseDnsServer("[::1]:5353"), { host: "::1", port: 5353 });
    assert.deepEqual(parseDnsServer("2001:db8::53"), { host: "2001:db8::53", port: 53 });
    assert.equal(parseDnsServer("1.2.3.4:x"), undefined);
  });
});

/** Sends three false answers before the true one. */
async function lyingServer(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.on("message", (octets, from) => {
    const query = decode(octets);
    const answer = (name: string, data: string, id: number): Buffer =>
      encode({
        type: "response",
        id,
        questions: [{ name, type: "A" }],
        answers: [{ type: "A", name: "host.example", data, ttl: 60 }],
      });
    const id = query.id ?? 0;
    const lies = [
      Buffer.from("nonsense"),
      answer("host.example", "192.0.2.66", (id + 1) % 65_536),
      answer("evil.example", "192.0.2.66", id),
    ];
    for (const reply of [...lies, answer("HOST.example", "192.0.2.1", id)]) socket.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return socket;
}
