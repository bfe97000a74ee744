import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { createServer, type Server, type Socket } from "node:net";
import { describe, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { systemClock } from "@interpres/runtime";
import { FakeClock, TestCertificateAuthority } from "@interpres/testkit";
import { lineOpener } from "../src/trace/collector-line.ts";

const open = lineOpener(systemClock);
const PACKET = Buffer.from("HEP3 packet");
const unexpected = (error: Error): never => assert.fail(error);

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return address === null || typeof address === "string" ? 0 : address.port;
}

describe("a line to a collector", () => {
  test("by UDP sends datagrams, and tells when nobody takes them", async () => {
    const socket = createSocket("udp4");
    const arrived = new Promise<Buffer>((resolve) => socket.once("message", resolve));
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    const { port } = socket.address();
    const address = { host: "127.0.0.1", port, protocol: "udp", trustedPem: [] } as const;
    const line = await open(address, unexpected);
    assert.equal(line.send(PACKET), "sent");
    await line.close();
    assert.deepEqual(await arrived, PACKET);
    await new Promise<void>((resolve) => socket.close(resolve));
    let refused: (error: Error) => void = unexpected;
    const told = new Promise<Error>((resolve) => {
      refused = resolve;
    });
    const deaf = await open(address, (error) => refused(error));
    deaf.send(PACKET);
    await new Promise(setImmediate);
    deaf.send(PACKET);
    assert.match((await told).message, /ECONNREFUSED/);
    await deaf.close();
  });

  test("by TCP sends what it took before it closes, and tells when it breaks", async () => {
    const received: Buffer[] = [];
    const server = createServer((socket) => socket.on("data", (octets: Buffer) => received.push(octets)));
    const address = { host: "127.0.0.1", port: await listening(server), protocol: "tcp", trustedPem: [] } as const;
    const line = await open(address, unexpected);
    for (let each = 0; each < 100; each += 1) line.send(PACKET);
    await line.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    assert.equal(Buffer.concat(received).length, 100 * PACKET.length);
    await assert.rejects(open(address, unexpected), /ECONNREFUSED/);
  });

  test("closes also when the collector reads nothing", { timeout: 5000 }, async (context) => {
    const clock = new FakeClock();
    const accepted: Socket[] = [];
    const server = createServer({ pauseOnConnect: true }, (socket) => accepted.push(socket));
    context.after(() => {
      server.close();
      for (const socket of accepted) socket.destroy();
    });
    const address = { host: "127.0.0.1", port: await listening(server), protocol: "tcp", trustedPem: [] } as const;
    const line = await lineOpener(clock)(address, unexpected);
    assert.equal(line.send(Buffer.alloc(64 * 1024 * 1024)), "sent");
    assert.equal(line.send(PACKET), "full");
    const closed = line.close();
    clock.advance(5000);
    await closed;
  });

  test("by TLS believes those it was told to, and nobody else", async () => {
    const authority = await TestCertificateAuthority.create("Collector CA");
    const { certPem: cert, keyPem: key } = await authority.issue({ cn: "localhost", dnsNames: ["localhost"] });
    const server = createTlsServer({ cert, key }, (socket) => socket.resume().on("error", () => undefined));
    const port = await listening(server);
    const address = { host: "localhost", port, protocol: "tls", trustedPem: [authority.certPem] } as const;
    const line = await open(address, unexpected);
    assert.equal(line.send(PACKET), "sent");
    await line.close();
    await assert.rejects(open({ ...address, trustedPem: [] }, unexpected), /certificate/);
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});
