import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { after, before, describe, test } from "node:test";
import { XmppClient } from "../src/index.ts";

describe("the scripted XMPP client", () => {
  let server: Server;
  before(async () => {
    server = createServer((socket) => socket.once("data", () => socket.destroy()).on("error", () => socket.destroy()));
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  after(() => new Promise((closed) => server.close(closed)));
  const connected = () => XmppClient.connect({ port: (server.address() as AddressInfo).port, domain: "a.example" });
  const anything = (): boolean => true;

  test("a wait ends with the connection, and one that begins later at once", async () => {
    const client = await connected();
    const waiting = client.waitFor(anything, 60_000);
    client.send(" ");
    await assert.rejects(waiting, /the connection ended/);
    await assert.rejects(client.waitFor(anything, 60_000), /the connection ended/);
  });

  test("a wait for what does not come ends at its limit", async () => {
    const client = await connected();
    await assert.rejects(client.waitFor(anything, 10), /nothing fitting came in 10 ms/);
    await assert.rejects(client.waitForEnd(10), /did not close the connection in 10 ms/);
    client.abort();
  });
});
