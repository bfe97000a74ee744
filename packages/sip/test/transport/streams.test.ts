import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import { serialize } from "@interpres/sip";
import { End, hopTo, messageRequest } from "./ends.ts";

const viaTcp = "SIP/2.0/TCP 127.0.0.1:5060";

async function client(end: { readonly port: number }): Promise<Socket> {
  const socket = connect(end.port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

describe("TCP streams", () => {
  test("a message in single octets is one message", async () => {
    const server = (await End.listening("tcp")).answering(202);
    const socket = await client(server);
    socket.setNoDelay(true);
    for (const octet of serialize(messageRequest(viaTcp))) {
      socket.write(Buffer.of(octet));
      await new Promise(setImmediate);
    }
    const [answer] = (await once(socket, "data")) as [Buffer];
    assert.match(answer.toString(), /^SIP\/2\.0 202 /);
    assert.equal(server.messages.length, 1);
    socket.destroy();
    await server.close();
  });

  test("a hundred messages in one write are a hundred, answered in order", async () => {
    const server = (await End.listening("tcp")).answering(200);
    const socket = await client(server);
    const requests = Array.from({ length: 100 }, () => messageRequest(viaTcp));
    let received = "";
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString();
    });
    socket.write(Buffer.concat(requests.map(serialize)));
    await server.until(() => server.messages.length === 100);
    while (received.split("SIP/2.0 200").length < 101) await once(socket, "data");
    const callIds = [...received.matchAll(/Call-ID: (\S+)/gi)].map(([, callId]) => callId);
    assert.deepEqual(
      callIds,
      requests.map(({ callId }) => callId),
    );
    socket.destroy();
    await server.close();
  });

  test("CRLFCRLF is answered with CRLF and nothing else", async () => {
    const server = await End.listening("tcp");
    const socket = await client(server);
    socket.write("\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    assert.equal(answer.toString(), "\r\n");
    assert.equal(server.messages.length + server.problems.length, 0);
    socket.destroy();
    await server.close();
  });

  test("two Content-Lengths end their own connection, after the answer, and no other", async () => {
    const server = await End.listening("tcp");
    const [bad, good] = await Promise.all([client(server), client(server)]);
    const text = messageRequest(viaTcp).headers.text.replace("\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n");
    bad.write(text);
    bad.resume();
    await once(bad, "close");
    assert.equal(server.problems[0]?.message?.method, "MESSAGE");
    good.write(serialize(messageRequest(viaTcp)));
    await server.until(() => server.messages.length === 1);
    good.destroy();
    await server.close();
  });

  test("a reader that does not read is cut off, and the memory is bounded", async () => {
    const server = await End.listening("tcp", { settings: { maximumQueuedOctets: 500_000 } });
    const socket = await client(server);
    socket.pause();
    socket.write(serialize(messageRequest(viaTcp)));
    await server.until(() => server.connections.length === 1);
    const [connection] = server.connections;
    const block = Buffer.alloc(100_000, 0x20);
    for (let round = 0; round < 400 && connection?.isOpen === true; round += 1) {
      connection.send(block);
      await new Promise(setImmediate);
    }
    assert.equal(connection?.isOpen, false);
    await server.until(() => server.closed.length === 1);
    socket.destroy();
    await server.close();
  });

  test("one address gets no more connections than it may", async () => {
    const server = await End.listening("tcp", { settings: { maximumInboundFromOneAddress: 2 } });
    const kept = [await client(server), await client(server)];
    const third = await client(server);
    third.on("error", () => third.destroy());
    third.resume();
    await once(third, "close");
    kept[0]?.destroy();
    await server.until(() => server.closed.length === 1);
    const fourth = await client(server);
    fourth.write(serialize(messageRequest(viaTcp)));
    await server.until(() => server.messages.length === 1);
    for (const socket of [...kept, fourth]) socket.destroy();
    await server.close();
  });

  test("a refused address is closed before anything is read", async () => {
    const server = await End.listening("tcp", { gate: () => ({ kind: "refuse", rule: "incoming-acl" }) });
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => socket.destroy());
    socket.write(serialize(messageRequest(viaTcp)));
    socket.resume();
    await once(socket, "close");
    assert.equal(server.messages.length, 0);
    await server.close();
  });

  test("a response whose connection is gone opens one to the port of sent-by", async () => {
    const caller = await End.listening("tcp");
    const server = await End.listening("tcp");
    const request = messageRequest(`SIP/2.0/TCP 127.0.0.1:${caller.port}`);
    await caller.send(request, hopTo(server, { protocol: "tcp" }));
    await server.until(() => server.requests.length === 1);
    const [connection] = server.connections;
    const [received] = server.requests;
    assert.ok(connection !== undefined && received !== undefined);
    connection.close();
    await server.until(() => server.closed.length === 1);
    const { buildResponse } = await import("@interpres/sip");
    server.transport.sendResponse(buildResponse(received, 200), connection);
    await caller.until(() => caller.responses.length === 1);
    assert.equal(caller.connections.at(-1)?.direction, "inbound");
    await Promise.all([caller.close(), server.close()]);
  });

  test("closes, lets peers know, and listens again", async () => {
    const server = (await End.listening("tcp")).answering(200);
    const caller = new End();
    const hop = hopTo(server, { protocol: "tcp" });
    await caller.send(messageRequest(viaTcp), hop);
    await server.close();
    await caller.until(() => caller.closed.length === 1);
    assert.equal(server.transport.connections().length, 0);
    const failure = await caller.send(messageRequest(viaTcp), hop);
    assert.equal("cause" in failure && failure.cause, "connect-failed");
    const { port } = server;
    await server.listen({ protocol: "tcp", host: "127.0.0.1", port });
    assert.equal(server.port, port);
    await caller.send(messageRequest(viaTcp), hop);
    await caller.until(() => caller.responses.length >= 1);
    const other = await End.listening("tcp");
    assert.ok("id" in (await server.send(messageRequest(viaTcp), hopTo(other, { protocol: "tcp" }))));
    await Promise.all([caller.close(), server.close(), other.close()]);
  });

  test("those who watch see each message once, as it was on the wire", async () => {
    const server = (await End.listening("tcp")).answering(200);
    const caller = new End();
    await caller.send(messageRequest(viaTcp), hopTo(server, { protocol: "tcp" }));
    await caller.until(() => caller.responses.length === 1);
    assert.deepEqual(
      caller.flows.map(({ direction, summary }) => `${direction} ${summary}`),
      ["outbound MESSAGE sip:bob@contoso.example", "inbound 200 OK (MESSAGE)"],
    );
    assert.match(server.flows[0]?.text() ?? "", /\r\n\r\nhello$/);
    assert.equal(caller.flows[0]?.remote, `tcp:127.0.0.1:${server.port}`);
    await Promise.all([caller.close(), server.close()]);
  });
});
