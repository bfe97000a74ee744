import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { type ConnectionOptions, connect } from "node:tls";
import { readClientHello } from "./client-hello.ts";

/** The first octets that node:tls sends under these options. */
async function helloOf(options: ConnectionOptions): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const server = createServer((socket) => {
    socket.once("data", (octets: Buffer) => {
      resolve(octets);
      socket.destroy();
    });
    socket.on("error", () => undefined);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const client = connect({ host: "127.0.0.1", port, ...options });
  client.on("error", () => undefined);
  const octets = await promise;
  server.close();
  return octets;
}

describe("what a client offers", () => {
  test("a client of TLS 1.2 and 1.3 names both, and its suites in order", async () => {
    const ciphers = "TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA";
    const offer = readClientHello(await helloOf({ ciphers, minVersion: "TLSv1.2", maxVersion: "TLSv1.3" }));
    assert.deepEqual(offer?.versions, [0x0304, 0x0303]);
    assert.deepEqual(offer?.suites, [0x1301, 0xc030, 0x002f]);
  });

  test("an old client names the newest version it knows", async () => {
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "AES128-SHA:@SECLEVEL=0" } as const;
    const offer = readClientHello(await helloOf(old));
    assert.deepEqual(offer?.versions, [0x0301, 0x0300]);
    assert.deepEqual(offer?.suites, [0x002f]);
  });

  test("GREASE and signals are no offers", () => {
    const body = [3, 3, ...new Array(32).fill(7), 0, 0, 8, 0x0a, 0x0a, 0x00, 0x2f, 0x00, 0xff, 0x56, 0x00, 1, 0, 0, 0];
    const hello = Uint8Array.from([22, 3, 1, 0, body.length + 4, 1, 0, 0, body.length, ...body]);
    assert.deepEqual(readClientHello(hello)?.suites, [0x002f]);
  });

  test("what is no ClientHello, or ends before the suites do, is no offer", async () => {
    const whole = await helloOf({ minVersion: "TLSv1.3" });
    for (const octets of [Buffer.from("OPTIONS sip:x SIP/2.0\r\n"), Buffer.alloc(0), whole.subarray(0, 50)])
      assert.equal(readClientHello(octets), undefined);
  });

  test("every cut of a real one is read without harm", async () => {
    const whole = await helloOf({});
    for (let length = 0; length < whole.length; length += 1) {
      const offer = readClientHello(whole.subarray(0, length));
      if (offer !== undefined) assert.ok(offer.suites.length > 0);
    }
  });
});
