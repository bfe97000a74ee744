import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serialize } from "@interpres/sip";
import { FakeZone } from "@interpres/testkit";
import { authority, End, hopTo, messageRequest, TlsMaterial } from "../transport/ends.ts";

describe("reuse of outbound connections (RFC 5923 §8.1)", () => {
  test("requests that ask at once share one connection, and so do later ones", async () => {
    const server = (await End.listening("tls")).answering(200);
    const client = new End({ zone: new FakeZone().host("sip.example.com", "127.0.0.1") });
    const hop = hopTo(server, { host: "sip.example.com" });
    const used = new Set(await Promise.all(Array.from({ length: 50 }, () => client.send(messageRequest(), hop))));
    used.add(await client.send(messageRequest(), hop));
    await client.until(() => client.responses.length === 51);
    assert.equal(used.size, 1);
    assert.equal(client.transport.connections().length, 1);
    assert.deepEqual(client.zone.queries, ["A sip.example.com", "AAAA sip.example.com"]);
    await Promise.all([client.close(), server.close()]);
  });

  test("a hop whose name the certificate proves shares it; one it does not prove never does", async () => {
    const issued = await authority.issue({ cn: "edge", dnsNames: ["edge.hoster.example", "edge.other.example"] });
    const server = (await End.listening("tls", { tls: new TlsMaterial(issued) })).answering(200);
    const client = new End();
    const hop = (domain: string, name: string) => hopTo(server, { domain, expectedNames: [name] });
    const first = await client.send(messageRequest(), hop("one.example", "edge.hoster.example"));
    const second = await client.send(messageRequest(), hop("two.example", "edge.other.example"));
    const third = await client.send(messageRequest(), hop("three.example", "edge.three.example"));
    assert.ok("id" in first);
    assert.equal(second, first);
    assert.equal("cause" in third && third.cause, "identity-refused");
    await server.until(() => server.requests.length === 2);
    await Promise.all([client.close(), server.close()]);
  });

  test("of those that wait for one connection, each is judged for its own hop", async () => {
    const server = (await End.listening("tls")).answering(200);
    const client = new End();
    const [refused, carried] = await Promise.all([
      client.send(messageRequest(), hopTo(server, { domain: "evil.example", expectedNames: ["evil.example"] })),
      client.send(messageRequest(), hopTo(server)),
    ]);
    assert.equal("cause" in refused && refused.cause, "identity-refused");
    assert.ok("id" in carried);
    assert.equal(client.transport.connections().length, 1);
    await Promise.all([client.close(), server.close()]);
  });

  test("after a loss the next request opens another, and the loss was told", async () => {
    const server = (await End.listening("tls")).answering(200);
    const client = new End({ settings: { maximumOutboundConnections: 1 } });
    const first = await client.send(messageRequest(), hopTo(server));
    await server.until(() => server.connections.length === 1);
    server.connections[0]?.close();
    await client.until(() => client.closed.length === 1);
    assert.equal(client.closed[0], first);
    const second = await client.send(messageRequest(), hopTo(server));
    assert.ok("id" in second && second !== first);
    await Promise.all([client.close(), server.close()]);
  });

  test("requests of the peer arrive on it too, with its identity", async () => {
    const server = await End.listening("tls");
    const client = new End();
    await client.send(messageRequest(), hopTo(server));
    await server.until(() => server.connections.length === 1);
    server.connections[0]?.send(serialize(messageRequest()));
    await client.until(() => client.requests.length === 1);
    assert.equal(client.connections[0]?.identity?.label, "sip.example.com");
    assert.equal(client.connections[0]?.direction, "outbound");
    await Promise.all([client.close(), server.close()]);
  });

  test("readmit closes what the gate does not admit any more, and keeps the rest", async () => {
    const server = (await End.listening("tls")).answering(200);
    const [kept, barred] = [new End(), new End()];
    await Promise.all([kept, barred].map((client) => client.send(messageRequest(), hopTo(server))));
    await server.until(() => server.connections.length === 2);
    const barredPort = barred.transport.connections()[0]?.localPort;
    server.gate = ({ remotePort }) =>
      remotePort === barredPort
        ? { kind: "refuse", rule: "incoming-acl" }
        : { kind: "admit", identity: { label: "new" } };
    server.transport.readmit();
    await barred.until(() => barred.closed.length === 1);
    assert.deepEqual(
      server.transport.connections().map(({ identity }) => identity?.label),
      ["new"],
    );
    await Promise.all([kept.close(), barred.close(), server.close()]);
  });
});

describe("addresses of a hop", () => {
  const dead = "127.0.0.2";

  test("the next address is tried when one does not answer", async () => {
    const server = (await End.listening("tls")).answering(200);
    const zone = new FakeZone().host("sip.example.com", dead, "127.0.0.1");
    const client = new End({ zone });
    const sent = await client.send(messageRequest(), hopTo(server, { host: "sip.example.com" }));
    assert.ok("id" in sent && sent.remoteAddress === "127.0.0.1");
    await Promise.all([client.close(), server.close()]);
  });

  test("the server name is the hop's, whatever the address", async () => {
    const server = (await End.listening("tls")).answering(200);
    const client = new End({ zone: new FakeZone().host("sip.example.com", "127.0.0.1") });
    let asked: string | undefined;
    const { tls } = server;
    const options = tls.serverOptions();
    tls.serverOptions = () => ({
      ...options,
      SNICallback: (name: string, done: (error: null) => void) => {
        asked = name;
        done(null);
      },
    });
    const second = await End.listening("tls", { tls });
    await client.send(messageRequest(), hopTo(second, { host: "sip.example.com" }));
    assert.equal(asked, "sip.example.com");
    await Promise.all([client.close(), server.close(), second.close()]);
  });

  test("no address, nobody there, forbidden address: three failures, told to everybody who waits", async () => {
    const server = await End.listening("tcp");
    const gone = { port: server.port };
    await server.close();
    const zone = new FakeZone().host("inside.example", "169.254.1.1");
    const client = new End({ zone, addressPolicy: (address) => !address.startsWith("169.254.") });
    const hops = [
      hopTo(gone, { host: "absent.example" }),
      hopTo(gone, { host: dead, protocol: "tcp" }),
      hopTo(gone, { host: "inside.example" }),
    ];
    for (const [index, cause] of ["name-not-found", "connect-failed", "address-not-allowed"].entries()) {
      const hop = hops[index] ?? hopTo(gone);
      const failures = await Promise.all([client.send(messageRequest(), hop), client.send(messageRequest(), hop)]);
      assert.deepEqual(
        failures.map((failure) => "cause" in failure && failure.cause),
        [cause, cause],
      );
    }
  });

  test("a server that does not finish the handshake costs one time-out", async () => {
    const { createServer } = await import("node:net");
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { readonly port: number };
    const client = new End({ settings: { connectTimeoutMs: 60 } });
    const failure = await client.send(messageRequest(), hopTo({ port }));
    assert.equal("cause" in failure && failure.cause, "connect-timeout");
    silent.close();
  });

  test("no more wait for a connection than may", async () => {
    const server = await End.listening("tls");
    const client = new End({ settings: { maximumWaiting: 2 } });
    const outcomes = await Promise.all([1, 2, 3].map(() => client.send(messageRequest(), hopTo(server))));
    assert.deepEqual(
      outcomes.map((outcome) => ("cause" in outcome ? outcome.cause : "sent")),
      ["sent", "sent", "queue-full"],
    );
    await Promise.all([client.close(), server.close()]);
  });
});

describe("connections both ways (RFC 5923 §8)", () => {
  test("§8.1 a request of the peer on a connection we opened is taken, and answered there", async () => {
    const server = (await End.listening("tls")).answering(200);
    const client = new End().answering(202);
    await client.send(messageRequest(), hopTo(server));
    await server.until(() => server.connections.length === 1);
    server.connections[0]?.send(serialize(messageRequest()));
    await server.until(() => server.responses.length === 1);
    assert.equal(server.responses[0]?.status, 202);
    await Promise.all([client.close(), server.close()]);
  });

  test("§8.1 a connection stays when its transactions are over", async () => {
    const server = (await End.listening("tls")).answering(200);
    const client = new End();
    await client.send(messageRequest(), hopTo(server));
    await client.until(() => client.responses.length === 1);
    assert.deepEqual([client.transport.connections().length, client.closed.length], [1, 0]);
    await Promise.all([client.close(), server.close()]);
  });

  test("§8.2 alias of a peer is an offer: its Via is echoed as it is, our requests to it take a connection of our own", async () => {
    const server = (await End.listening("tls")).answering(200);
    const peer = (await End.listening("tls")).answering(200);
    await peer.send(messageRequest("SIP/2.0/TLS sip.example.com:5061;alias"), hopTo(server));
    await peer.until(() => peer.responses.length === 1);
    assert.match(peer.responses[0]?.topVia.text ?? "", /;alias;branch=/);
    const used = await server.send(messageRequest(), hopTo(peer));
    assert.ok("direction" in used);
    assert.equal(used.direction, "outbound");
    assert.equal(server.transport.connections().length, 2);
    await Promise.all([peer.close(), server.close()]);
  });
});
