import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SeenPeer } from "@interpres/federation";
import type { SeenCertificate } from "@interpres/store";
import { FakeClock } from "@interpres/testkit";
import { PeerCertificates } from "./peer-certificates.ts";

const DAY_MS = 86_400_000;

function setUp(earlier: readonly SeenCertificate[] = []) {
  const clock = new FakeClock();
  const written: string[] = [];
  const peers = new PeerCertificates({
    clock,
    table: {
      load: async () => earlier,
      put: ({ name }) => written.push(name),
      remove: (name) => written.push(`${name} removed`),
    },
  });
  return { clock, peers, written };
}

function seen(name: string, der = "a certificate"): SeenPeer {
  const certificate = { raw: Buffer.from(der) } as SeenPeer["certificate"];
  return { name, certificate, tls: { version: "TLSv1.3", cipher: "X", context: "C", generation: 1 } };
}

describe("certificates that peers showed", () => {
  test("are written when they are new, and once a day after that", () => {
    const { clock, peers, written } = setUp();
    peers.saw(seen("a.example"));
    peers.saw(seen("a.example"));
    clock.advance(DAY_MS - 1);
    peers.saw(seen("a.example"));
    assert.equal(written.length, 1);
    clock.advance(1);
    peers.saw(seen("a.example"));
    peers.saw(seen("a.example", "its successor"));
    assert.equal(written.length, 3);
    assert.equal(peers.list().length, 1);
    assert.match(peers.list()[0]?.pem ?? "", /^-----BEGIN CERTIFICATE-----\naXRzIHN1Y2Nlc3Nvcg==\n-----END/);
  });

  test("are known from earlier runs", async () => {
    const known = { name: "a.example", pem: "", version: "", cipher: "", seenAt: 0 };
    const { peers } = setUp([known]);
    await peers.load();
    assert.deepEqual(peers.list(), [known]);
  });

  test("are a thousand at most: the longest unseen goes", () => {
    const { peers, written } = setUp();
    for (let count = 0; count <= 1000; count += 1) peers.saw(seen(`${count}.example`));
    assert.equal(peers.list().length, 1000);
    assert.ok(written.includes("0.example removed"));
  });
});
