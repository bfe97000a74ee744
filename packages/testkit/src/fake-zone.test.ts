import assert from "node:assert/strict";
import { Resolver as NodeResolver } from "node:dns/promises";
import { describe, test } from "node:test";
import { FakeZone } from "./fake-zone.ts";

const sip = { priority: 10, weight: 5, port: 5061, target: "sip.contoso.example" };

describe("fake zone", () => {
  test("answers in process: records, nothing, failure, and an alias followed", async () => {
    const zone = new FakeZone()
      .set("_sip._tls.contoso.example", "SRV", [sip], 60)
      .alias("www.contoso.example", "Host.Example");
    zone.host("host.example", "192.0.2.1", "2001:db8::1").fault("broken.example", "server-failure");
    assert.deepEqual(await zone.resolve("_SIP._tls.contoso.example.", "SRV"), {
      kind: "records",
      records: [sip],
      ttlSeconds: 60,
    });
    assert.deepEqual(await zone.resolve("www.contoso.example", "AAAA"), {
      kind: "records",
      records: [{ address: "2001:db8::1" }],
      ttlSeconds: 300,
    });
    assert.deepEqual(await zone.resolve("absent.example", "A"), { kind: "none", ttlSeconds: 30 });
    assert.equal((await zone.resolve("broken.example", "A")).kind, "failed");
    zone.remove("_sip._tls.contoso.example");
    assert.equal((await zone.resolve("_sip._tls.contoso.example", "SRV")).kind, "none");
  });

  test("serves the same to a DNS client, large answers over TCP", async () => {
    const many = Array.from({ length: 60 }, (_, index) => `192.0.2.${index + 1}`);
    const zone = new FakeZone().set("_sip._tls.contoso.example", "SRV", [sip]).host("many.example", ...many);
    zone.alias("alias.example", "many.example").fault("short.example", "truncated").host("short.example", "192.0.2.9");
    zone.set("gone.example", "SRV", [{ priority: 0, weight: 0, port: 0, target: "" }]);
    const server = await zone.listen();
    try {
      const client = new NodeResolver();
      client.setServers([server.address]);
      const [service] = await client.resolveSrv("_sip._tls.contoso.example");
      assert.deepEqual([service?.priority, service?.weight, service?.port, service?.name], [10, 5, 5061, sip.target]);
      assert.equal((await client.resolve4("many.example")).length, 60);
      assert.equal((await client.resolve4("alias.example")).length, 60);
      assert.deepEqual(await client.resolve4("short.example"), ["192.0.2.9"]);
      assert.equal((await client.resolveSrv("gone.example"))[0]?.name, "");
      await assert.rejects(client.resolve4("absent.example"), { code: "ENOTFOUND" });
      await assert.rejects(client.resolve6("many.example"), { code: "ENODATA" });
      assert.ok(zone.queries.includes("SRV _sip._tls.contoso.example"));
    } finally {
      await server.close();
    }
  });
});
