import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { createServer as createTlsServer, type Server, type TLSSocket } from "node:tls";
import { SipPeer, TestCertificateAuthority } from "../src/index.ts";

describe("a simulated SIP peer", { timeout: 20_000 }, () => {
  let peer: SipPeer;
  let node: Server;
  /** What the node does with a connection once it has read from it. */
  let onData: (socket: TLSSocket) => void;

  before(async () => {
    const authority = await TestCertificateAuthority.create();
    const { certPem: cert, keyPem: key } = await authority.issue({ cn: "localhost" });
    const tls = { cert, key, ca: authority.certPem };
    peer = await SipPeer.start({ tls, onRequest: () => undefined });
    node = createTlsServer(tls, (socket) => {
      socket.on("error", () => socket.destroy());
      socket.on("data", () => onData(socket));
    });
    await once(node.listen(0, "127.0.0.1"), "listening");
  });
  after(() => new Promise((closed) => node.close(closed)));

  const nodePort = () => (node.address() as AddressInfo).port;
  const request = (branch: string) => ({ branch, text: `OPTIONS sip:a@b SIP/2.0\r\nbranch=${branch}\r\n\r\n` });

  test("a request fails as soon as the node closes its connection", async () => {
    onData = (socket) => socket.destroy();
    const link = await peer.ownLink(nodePort());
    await assert.rejects(peer.request(link, request("one")), /OPTIONS.*the node closed the connection/);
    await assert.rejects(peer.request(link, request("two")), /the connection is closed/);
  });

  test("its own connection is made anew once it is gone, and once where nobody listened", async () => {
    const silent = createServer();
    await once(silent.listen(0, "127.0.0.1"), "listening");
    const { port } = silent.address() as AddressInfo;
    await new Promise((closed) => silent.close(closed));
    await assert.rejects(peer.ownLink(port), /ECONNREFUSED/);
    const [one, other] = await Promise.all([peer.ownLink(nodePort()), peer.ownLink(nodePort())]);
    assert.equal(one, other);
    assert.equal(one.isOpen, true);
  });

  test("closes though somebody has begun a handshake and goes no further", async () => {
    const socket = connect(peer.port, "127.0.0.1");
    await once(socket, "connect");
    const ended = once(socket, "close");
    await peer.close();
    await ended;
  });
});
