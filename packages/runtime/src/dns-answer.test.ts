import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, decode, encode } from "dns-packet";
import { isDomainName, readReply } from "./dns-answer.ts";

const reply = (answers: Answer[], authorities: Answer[] = [], code = 0) =>
  decode(encode({ type: "response", id: 1, flags: code, answers, authorities }));
const a = (name: string, data: string, ttl = 60): Answer => ({ type: "A", name, data, ttl });
const cname = (name: string, data: string, ttl = 60): Answer => ({ type: "CNAME", name, data, ttl });
const soa = (ttl: number, minimum: number): Answer => ({
  type: "SOA",
  name: "example",
  ttl,
  data: { mname: "ns.example", rname: "admin.example", minimum },
});

describe("reading a DNS reply", () => {
  test("takes the records of the name asked for and the smallest time to live, whatever the case", () => {
    const read = readReply(
      reply([a("Host.example", "192.0.2.1"), a("HOST.example", "192.0.2.2", 7)]),
      "hOst.example",
      "A",
    );
    const records = [{ address: "192.0.2.1" }, { address: "192.0.2.2" }];
    assert.deepEqual(read, { kind: "answer", answer: { kind: "records", records, ttlSeconds: 7 } });
  });

  test("leaves out records of other names and types", () => {
    const read = readReply(
      reply([a("evil.example", "192.0.2.66"), { type: "AAAA", name: "host.example", data: "::1", ttl: 1 }]),
      "host.example",
      "A",
    );
    assert.deepEqual(read, { kind: "answer", answer: { kind: "none", ttlSeconds: 0 } });
  });

  test("follows aliases; the chain lives as long as its shortest link", () => {
    const answers = [
      a("c.example", "192.0.2.3", 90),
      cname("a.example", "B.example", 20),
      cname("b.example", "c.example"),
    ];
    assert.deepEqual(readReply(reply(answers), "a.example", "A"), {
      kind: "answer",
      answer: { kind: "records", records: [{ address: "192.0.2.3" }], ttlSeconds: 20 },
    });
  });

  test("an alias that leads out of the reply is to be asked for", () => {
    assert.deepEqual(readReply(reply([cname("a.example", "b.example", 9)]), "a.example", "SRV"), {
      kind: "alias",
      target: "b.example",
      ttlSeconds: 9,
    });
  });

  test("aliases in a circle are a failure", () => {
    const read = readReply(reply([cname("a.example", "b.example"), cname("b.example", "a.example")]), "a.example", "A");
    assert.deepEqual(read, { kind: "answer", answer: { kind: "failed", reason: "too many aliases" } });
  });

  test("RFC 2308 §5: a negative answer lives for the smaller of the SOA's time to live and its minimum", () => {
    for (const [ttl, minimum] of [
      [30, 900],
      [900, 30],
    ] as const) {
      const read = readReply(reply([], [soa(ttl, minimum)], 3), "a.example", "A");
      assert.deepEqual(read, { kind: "answer", answer: { kind: "none", ttlSeconds: 30 } });
    }
  });

  test("the root as SRV target is the empty string; a target that is no host name is left out", () => {
    const srv = (target: string): Answer => ({ type: "SRV", name: "s.example", ttl: 60, data: { port: 1, target } });
    const read = readReply(reply([srv("."), srv("a b.example"), srv("host.example")]), "s.example", "SRV");
    assert.ok(read.kind === "answer" && read.answer.kind === "records");
    assert.deepEqual(
      read.answer.records.map((record) => record.target),
      ["", "host.example"],
    );
  });

  test("keeps 64 records of a reply with more", () => {
    const many = Array.from({ length: 100 }, (_, index) => a("host.example", `192.0.2.${index}`));
    const read = readReply(reply(many), "host.example", "A");
    assert.equal(read.kind === "answer" && read.answer.kind === "records" && read.answer.records.length, 64);
  });

  test("any other response code is a failure", () => {
    const read = readReply(reply([], [], 2), "a.example", "A");
    assert.deepEqual(read, { kind: "answer", answer: { kind: "failed", reason: "response code 2" } });
  });

  test("knows names that can be asked for", () => {
    for (const name of ["_sip._tls.example.com", "a", "xn--bcher-kva.example"]) assert.ok(isDomainName(name), name);
    for (const name of [
      "",
      "a..b",
      "a b",
      "bücher.example",
      `${"a".repeat(64)}.b`,
      `${"a.".repeat(127)}a.a`,
      "a\r\nb",
    ]) {
      assert.ok(!isDomainName(name), name);
    }
  });
});
