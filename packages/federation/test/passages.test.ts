import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Passage, PeerIdentity } from "../src/index.ts";
import { ask, certificate, connection, contoso, EDGE, facts, makeFederation, request } from "./federation-parts.ts";

/** What was counted, in words. */
function counted(passages: readonly Passage[]): readonly string[] {
  return passages.map(({ facts: { kind }, rule, count }) => `${kind} ${rule ?? "admitted"} ${count}`).toSorted();
}

describe("counts of what passed", () => {
  test("are kept by what it was decided on, and drained once", () => {
    const parts = makeFederation(...contoso);
    for (let sent = 0; sent < 3; sent += 1) ask(parts, {});
    ask(parts, { from: "sip:eve@nobody.example" });
    ask(parts, { uri: "sip:nobody@example.com" });
    assert.deepEqual(counted(parts.passages.drain()), [
      "connection admitted 5",
      "inbound-request admitted 3",
      "inbound-request domain-not-federated 1",
      "inbound-request unknown-user 1",
    ]);
    assert.deepEqual(parts.passages.drain(), []);
    ask(parts, {});
    assert.deepEqual(counted(parts.passages.drain()), ["connection admitted 1", "inbound-request admitted 1"]);
  });

  test("know the foreign user a request of ours was for", async () => {
    const parts = makeFederation(...contoso);
    const { nextHopSelector: routing } = parts.federation;
    await routing.select({ domain: "contoso.example", uri: "sip:bob@contoso.example" });
    await routing.select({ domain: "nobody.example", uri: "sip:x@nobody.example" });
    const outbound = (uri: string, domain: string) => ({ kind: "outbound-request", domain, uri });
    assert.deepEqual(parts.passages.drain(), [
      { facts: outbound("sip:bob@contoso.example", "contoso.example"), rule: null, count: 1 },
      { facts: outbound("sip:x@nobody.example", "nobody.example"), rule: "domain-not-federated", count: 1 },
    ]);
  });

  test("stay bounded: beyond it the user is left out, then everything", async () => {
    const { federation, passages } = makeFederation(...contoso);
    for (let user = 0; user < 4200; user += 1)
      await federation.nextHopSelector.select({ domain: "contoso.example", uri: `sip:u${user}@contoso.example` });
    const drained = passages.drain();
    assert.equal(
      drained.reduce((sum, { count }) => sum + count, 0),
      4200,
    );
    assert.ok(drained.length <= 4097, `${drained.length} rows`);
    assert.deepEqual(drained.at(-1), { facts: { kind: "unrecorded" }, rule: null, count: 104 });
  });

  test("of a connection are kept apart again once there is room", () => {
    const parts = makeFederation(...contoso);
    const { federation, passages } = parts;
    const verdict = federation.connectionGate.admit(facts(certificate(EDGE)));
    const identity =
      verdict.kind === "admit" && verdict.identity instanceof PeerIdentity ? verdict.identity : undefined;
    const peer = connection(identity, { certificate: certificate(EDGE) });
    for (let user = 0; user < 4200; user += 1)
      passages.outbound({ domain: "contoso.example", uri: `sip:u${user}@contoso.example` }).add();
    federation.requestGate.admit(request({}), peer);
    assert.equal(passages.drain().at(-1)?.facts.kind, "unrecorded");
    federation.requestGate.admit(request({}), peer);
    assert.deepEqual(counted(passages.drain()), ["inbound-request admitted 1"]);
  });

  test("of facts nobody has seen yet grow slowly under a flood that goes on, and none is lost", () => {
    const { federation, passages } = makeFederation(...contoso);
    const dnsNames = Array.from({ length: 50 }, (_, index) => `${index}.${"x".repeat(250)}`);
    let [rows, connections] = [0, 0];
    for (let drains = 0; drains < 20; drains += 1) {
      for (let stranger = 0; stranger < 40; stranger += 1)
        federation.connectionGate.admit(facts(certificate(`s${drains}-${stranger}`, { dnsNames })));
      for (const { facts: known, count } of passages.drain()) {
        rows += known.kind === "unrecorded" ? 0 : 1;
        connections += count;
      }
    }
    assert.equal(connections, 800);
    assert.ok(rows > 160 && rows < 230, `${rows} rows of some 13,000 characters`);
  });
});
