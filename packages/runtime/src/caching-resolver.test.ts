import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeClock } from "@interpres/testkit";
import { type Answer, type DecodedPacket, decode, encode } from "dns-packet";
import { CachingResolver, defaultResolverLimits } from "./caching-resolver.ts";
import type { DnsExchange, DnsFailure } from "./dns-client.ts";

/** Answers each question from a table that may change; counts what is asked. */
class ScriptedExchange implements DnsExchange {
  readonly asked: string[] = [];
  readonly replies = new Map<string, Answer[] | "failed">();

  async ask(name: string, type: string): Promise<DecodedPacket | DnsFailure> {
    this.asked.push(`${type} ${name}`);
    const answers = this.replies.get(name) ?? [];
    if (answers === "failed") return { kind: "failed", reason: "no answer in time" };
    const soa: Answer = { type: "SOA", name: "", ttl: 40, data: { mname: "n", rname: "r", minimum: 40 } };
    return decode(encode({ type: "response", answers, authorities: answers.length === 0 ? [soa] : [] }));
  }
}

function setUp(hosts?: (name: string) => Promise<readonly string[]>) {
  const clock = new FakeClock();
  const exchange = new ScriptedExchange();
  const limits = { ...defaultResolverLimits, maximumTtlSeconds: 600, maximumOutstanding: 3 };
  const resolver = new CachingResolver({ clock, exchange, limits, ...(hosts === undefined ? {} : { hosts }) });
  return { clock, exchange, resolver };
}

const a = (name: string, data: string, ttl: number): Answer => ({ type: "A", name, data, ttl });

describe("caching resolver", () => {
  test("answers from memory for the time to live, counting down, then asks again", async () => {
    const { clock, exchange, resolver } = setUp();
    exchange.replies.set("host.example", [a("host.example", "192.0.2.1", 60)]);
    await resolver.resolve("host.example", "A");
    clock.advance(59_000);
    assert.deepEqual(await resolver.resolve("HOST.example.", "A"), {
      kind: "records",
      records: [{ address: "192.0.2.1" }],
      ttlSeconds: 1,
    });
    assert.equal(exchange.asked.length, 1);
    clock.advance(1_000);
    await resolver.resolve("host.example", "A");
    assert.equal(exchange.asked.length, 2);
  });

  test("keeps to its own limits of the time to live", async () => {
    const { clock, exchange, resolver } = setUp();
    exchange.replies.set("long.example", [a("long.example", "192.0.2.1", 1_000_000)]);
    exchange.replies.set("zero.example", [a("zero.example", "192.0.2.1", 0)]);
    await resolver.resolve("long.example", "A");
    await resolver.resolve("zero.example", "A");
    await resolver.resolve("zero.example", "A");
    assert.equal(exchange.asked.length, 2);
    clock.advance(600_000);
    await resolver.resolve("long.example", "A");
    assert.equal(exchange.asked.length, 3);
  });

  test("remembers that there is nothing, for the SOA's time (RFC 2308 §5)", async () => {
    const { clock, exchange, resolver } = setUp();
    assert.deepEqual(await resolver.resolve("none.example", "SRV"), { kind: "none", ttlSeconds: 40 });
    clock.advance(39_000);
    await resolver.resolve("none.example", "SRV");
    assert.equal(exchange.asked.length, 1);
    clock.advance(1_000);
    await resolver.resolve("none.example", "SRV");
    assert.equal(exchange.asked.length, 2);
  });

  test("remembers a failure for two seconds only", async () => {
    const { clock, exchange, resolver } = setUp();
    exchange.replies.set("host.example", "failed");
    assert.equal((await resolver.resolve("host.example", "A")).kind, "failed");
    exchange.replies.set("host.example", [a("host.example", "192.0.2.1", 60)]);
    assert.equal((await resolver.resolve("host.example", "A")).kind, "failed");
    clock.advance(2_000);
    assert.equal((await resolver.resolve("host.example", "A")).kind, "records");
  });

  test("asks once for many at the same time, and each type apart", async () => {
    const { exchange, resolver } = setUp();
    const same = Array.from({ length: 50 }, () => resolver.resolve("host.example", "A"));
    await Promise.all([...same, resolver.resolve("host.example", "AAAA")]);
    assert.deepEqual(exchange.asked, ["A host.example", "AAAA host.example"]);
  });

  test("refuses more questions than it may have on their way", async () => {
    const { exchange, resolver } = setUp();
    const answers = await Promise.all(["a", "b", "c", "d"].map((name) => resolver.resolve(name, "A")));
    assert.deepEqual(
      answers.map((answer) => answer.kind),
      ["none", "none", "none", "failed"],
    );
    assert.equal((await resolver.resolve("d", "A")).kind, "none");
    assert.equal(exchange.asked.length, 4);
  });

  test("asks for the target of an alias, four times at most", async () => {
    const { exchange, resolver } = setUp();
    exchange.replies.set("a.example", [{ type: "CNAME", name: "a.example", data: "b.example", ttl: 5 }]);
    exchange.replies.set("b.example", [a("b.example", "192.0.2.2", 60)]);
    assert.deepEqual(await resolver.resolve("a.example", "A"), {
      kind: "records",
      records: [{ address: "192.0.2.2" }],
      ttlSeconds: 5,
    });
    exchange.replies.set("loop.example", [{ type: "CNAME", name: "loop.example", data: "pool.example", ttl: 5 }]);
    exchange.replies.set("pool.example", [{ type: "CNAME", name: "pool.example", data: "loop.example", ttl: 5 }]);
    assert.deepEqual(await resolver.resolve("loop.example", "A"), { kind: "failed", reason: "too many aliases" });
    assert.equal(exchange.asked.length, 2 + 5);
  });

  test("asks nobody for localhost (RFC 6761 §6.3) or for what is no name", async () => {
    const { exchange, resolver } = setUp();
    const answer = await resolver.resolve("localhost", "AAAA");
    assert.deepEqual(answer.kind === "records" && answer.records, [{ address: "::1" }]);
    assert.equal((await resolver.resolve("a\r\nb", "A")).kind, "failed");
    assert.deepEqual(exchange.asked, []);
  });

  test("takes addresses DNS does not know from the host file, services never", async () => {
    const { resolver } = setUp(async () => ["192.0.2.9"]);
    const address = await resolver.resolve("intranet", "A");
    assert.deepEqual(address.kind === "records" && address.records, [{ address: "192.0.2.9" }]);
    assert.equal((await resolver.resolve("intranet", "SRV")).kind, "none");
  });

  test("clear forgets", async () => {
    const { exchange, resolver } = setUp();
    await resolver.resolve("host.example", "A");
    resolver.clear();
    await resolver.resolve("host.example", "A");
    assert.equal(exchange.asked.length, 2);
  });
});
