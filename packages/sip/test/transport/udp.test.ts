import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { describe, test } from "node:test";
import { serialize } from "@interpres/sip";
import { End, hopTo, messageRequest } from "./ends.ts";

async function client(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

describe("UDP", () => {
  test("a request and its response, both from the listening port (RFC 3581 §4)", async () => {
    const server = (await End.listening("udp")).answering(200);
    const caller = await End.listening("udp");
    const request = messageRequest(`SIP/2.0/UDP 127.0.0.1:${caller.port};rport`);
    const sent = await caller.send(request, hopTo(server, { protocol: "udp" }));
    assert.ok("id" in sent && sent.protocol === "udp");
    await caller.until(() => caller.responses.length === 1);
    assert.equal(server.connections[0]?.remotePort, caller.port);
    assert.match(caller.responses[0]?.first("Via") ?? "", new RegExp(`;rport=${caller.port};`));
    await Promise.all([caller.close(), server.close()]);
  });

  test("without rport the response goes to the port of sent-by, at the source address", async () => {
    const server = (await End.listening("udp")).answering(200);
    const [sender, sentBy] = [await client(), await client()];
    const via = `SIP/2.0/UDP 192.0.2.77:${sentBy.address().port}`;
    sender.send(serialize(messageRequest(via)), server.port, "127.0.0.1");
    const [answer] = (await once(sentBy, "message")) as [Buffer];
    assert.match(answer.toString(), /;received=127\.0\.0\.1\r\n/);
    sender.close();
    sentBy.close();
    await server.close();
  });

  test("RFC 3261 §18.1.1: above 1300 octets a request goes by TCP, and its Via says so", async () => {
    const server = (await End.listening("tcp")).answering(200);
    const caller = await End.listening("udp");
    const large = messageRequest(`SIP/2.0/UDP 127.0.0.1:${caller.port}`, "x".repeat(1300));
    const sent = await caller.send(large, hopTo(server, { protocol: "udp" }));
    assert.equal("protocol" in sent && sent.protocol, "tcp");
    await caller.until(() => caller.responses.length === 1);
    assert.match(server.requests[0]?.first("Via") ?? "", /^SIP\/2\.0\/TCP 127/);
    await Promise.all([caller.close(), server.close()]);
  });

  test("RFC 3261 §18.1.1: where nobody answers TCP it goes by UDP after all, with the Via for it", async () => {
    const server = (await End.listening("udp")).answering(200);
    const caller = await End.listening("udp");
    const large = messageRequest(`SIP/2.0/UDP 127.0.0.1:${caller.port};rport`, "x".repeat(1300));
    const sent = await caller.send(large, hopTo(server, { protocol: "udp" }));
    assert.equal("protocol" in sent && sent.protocol, "udp");
    await caller.until(() => caller.responses.length === 1);
    assert.match(server.requests[0]?.first("Via") ?? "", /^SIP\/2\.0\/UDP 127/);
    await Promise.all([caller.close(), server.close()]);
  });

  test("keep-alives, STUN and empty datagrams are no problem; nonsense is one", async () => {
    const server = await End.listening("udp");
    const sender = await client();
    for (const octets of ["", "\r\n\r\n", "\0\0\0\0", "\x00\x01\x00\x00!\x12\xa4B012345678901"]) {
      sender.send(Buffer.from(octets, "latin1"), server.port, "127.0.0.1");
    }
    sender.send("GET / HTTP/1.1\r\n\r\n", server.port, "127.0.0.1");
    sender.send(serialize(messageRequest("SIP/2.0/UDP a")), server.port, "127.0.0.1");
    await server.until(() => server.messages.length === 1);
    assert.equal(server.problems.length, 1);
    sender.close();
    await server.close();
  });

  test("a refused source is not heard, and the gate is asked once, not for each datagram", async () => {
    const server = await End.listening("udp", {
      gate: ({ remotePort }) =>
        remotePort === refusedPort ? { kind: "refuse", rule: "incoming-acl" } : { kind: "admit" },
    });
    const [refused, admitted] = [await client(), await client()];
    const refusedPort = refused.address().port;
    for (let round = 0; round < 5; round += 1) {
      refused.send(serialize(messageRequest("SIP/2.0/UDP a")), server.port, "127.0.0.1");
      admitted.send(serialize(messageRequest("SIP/2.0/UDP b")), server.port, "127.0.0.1");
    }
    await server.until(() => server.messages.length === 5);
    assert.ok(server.requests.every((request) => request.topVia.host === "b"));
    assert.equal(server.facts.length, 2);
    server.transport.readmit();
    admitted.send(serialize(messageRequest("SIP/2.0/UDP b")), server.port, "127.0.0.1");
    await server.until(() => server.messages.length === 6);
    assert.equal(server.facts.length, 3);
    refused.close();
    admitted.close();
    await server.close();
  });

  test("without a UDP listener a UDP hop fails at once", async () => {
    const failure = await new End().send(messageRequest("SIP/2.0/UDP a"), hopTo({ port: 5060 }, { protocol: "udp" }));
    assert.equal("cause" in failure && failure.cause, "no-listener");
  });

  test("a socket on :: reaches IPv4, and names IPv4 peers by their own address", async () => {
    const server = (await End.listening("udp")).answering(200);
    const caller = new End();
    await caller.listen({ protocol: "udp", host: "::", port: 0 });
    const sent = await caller.send(
      messageRequest(`SIP/2.0/UDP 127.0.0.1:${caller.port};rport`),
      hopTo(server, { protocol: "udp" }),
    );
    assert.ok("id" in sent && sent.remoteAddress === "127.0.0.1");
    await caller.until(() => caller.responses.length === 1);
    assert.equal(caller.connections[0]?.remoteAddress, "127.0.0.1");
    await Promise.all([caller.close(), server.close()]);
  });
});
