import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseVia, Via } from "../message/via.ts";
import type { Connection } from "./connection.ts";
import { responseTarget } from "./response-target.ts";

function targetOf(text: string, rest: Partial<Connection>) {
  const via = parseVia(text);
  assert.ok(via instanceof Via);
  const connection: Connection = {
    id: 1,
    protocol: "udp",
    direction: "inbound",
    remoteAddress: "192.0.2.4",
    remotePort: 9999,
    localAddress: "192.0.2.254",
    localPort: 5060,
    identity: undefined,
    certificate: undefined,
    isOpen: true,
    send: () => undefined,
    close: () => undefined,
    ...rest,
  };
  return responseTarget(via, connection);
}

const certificate = {
  subjectCommonName: "edge.example",
  dnsNames: ["edge.example", "example"],
  uris: [],
  extendedKeyUsages: [],
  fingerprint256: "",
  chain: [],
  authorized: true,
  raw: Buffer.alloc(0),
};

describe("where a response goes (RFC 3261 §18.2.2, RFC 3581 §4)", () => {
  test("UDP with rport: the source address and port", () => {
    assert.deepEqual(targetOf("SIP/2.0/UDP edge.example:5070;rport=9999;received=192.0.2.4", {}), {
      kind: "datagram",
      address: "192.0.2.4",
      port: 9999,
    });
  });

  test("UDP without rport: the source address, the port of sent-by or 5060", () => {
    const port = (via: string) => (targetOf(via, {}) as { readonly port: number }).port;
    assert.equal(port("SIP/2.0/UDP edge.example:5070"), 5070);
    assert.equal(port("SIP/2.0/UDP edge.example"), 5060);
  });

  test("maddr and received of the sender never lead to a third host", () => {
    const via = "SIP/2.0/UDP edge.example;maddr=198.51.100.2;received=198.51.100.1";
    assert.deepEqual(targetOf(via, {}), { kind: "datagram", address: "192.0.2.4", port: 5060 });
  });

  test("TLS and TCP: the connection the request came on", () => {
    assert.deepEqual(targetOf("SIP/2.0/TLS edge.example", { protocol: "tls" }), { kind: "connection" });
  });

  test("once that is gone: the source address at the port of sent-by, which must prove what the first one proved", () => {
    const gone = { protocol: "tls", isOpen: false, certificate } as const;
    assert.deepEqual(targetOf("SIP/2.0/TLS edge.example;branch=z9hG4bKa", gone), {
      kind: "dial",
      hop: {
        host: "192.0.2.4",
        port: 5061,
        protocol: "tls",
        domain: "edge.example",
        from: "via",
        expectedNames: ["edge.example", "edge.example", "example"],
      },
    });
  });
});
