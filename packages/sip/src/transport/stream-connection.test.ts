import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, test } from "node:test";
import { silentLogger } from "@interpres/runtime";
import { FakeClock, SeededRandom, settled } from "@interpres/testkit";
import { SipRequest } from "../message/message.ts";
import { StreamConnection } from "./stream-connection.ts";
import { defaultTransportSettings, type TransportSettings } from "./transport-settings.ts";

const MESSAGE = "MESSAGE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP a.example\r\nContent-Length: 2\r\n\r\nhi";

/** What the connection writes, one entry a write; `stuck` keeps everything, as a peer that does not read. */
class FakeSocket extends Duplex {
  readonly remoteAddress = "::ffff:192.0.2.4";
  readonly remotePort = 9999;
  readonly localAddress = "192.0.2.254";
  readonly localPort = 5061;
  readonly writes: string[] = [];
  isStuck = false;
  #read: (() => void) | undefined;

  override _read(): void {
    return;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk.toString("latin1"));
    if (this.isStuck) this.#read = done;
    else done();
  }

  /** The peer takes what it was sent last. */
  reads(): void {
    this.#read?.();
  }
}

function setUp(direction: "inbound" | "outbound" = "inbound", settings: Partial<TransportSettings> = {}) {
  const clock = new FakeClock();
  const socket = new FakeSocket();
  const seen: string[] = [];
  const connection: StreamConnection = new StreamConnection(
    {
      id: 1,
      protocol: "tcp",
      direction,
      socket: socket as unknown as Socket,
      certificate: undefined,
      identity: undefined,
    },
    {
      clock,
      random: new SeededRandom(),
      log: silentLogger,
      settings: { ...defaultTransportSettings, ...settings },
      listener: {
        message: (message) => seen.push(message instanceof SipRequest ? message.method : "problem"),
        fatal: (problem) => {
          seen.push(`fatal ${problem.status}`);
          connection.send(Buffer.from("answer"));
        },
        closed: (_, reason) => seen.push(`closed: ${reason}`),
      },
    },
  );
  const receive = async (text: string): Promise<void> => {
    socket.push(text);
    await settled();
  };
  return { clock, socket, seen, connection, receive };
}

describe("stream connection", () => {
  test("knows an IPv4 peer by its IPv4 address on a socket of both families", () => {
    assert.equal(setUp().connection.remoteAddress, "192.0.2.4");
  });

  test("messages of one turn leave in one write, those of ready promises with them, the next turn's apart", async () => {
    const { socket, connection } = setUp();
    connection.send(Buffer.from("one "));
    connection.send(Buffer.from("two "));
    void Promise.resolve().then(() => connection.send(Buffer.from("three")));
    assert.deepEqual(socket.writes, []);
    await settled();
    connection.send(Buffer.from("four"));
    await settled();
    assert.deepEqual(socket.writes, ["one two three", "four"]);
  });

  test("frames messages whatever the chunks", async () => {
    const { seen, receive } = setUp();
    for (const octet of MESSAGE) await receive(octet);
    await receive(MESSAGE + MESSAGE);
    assert.deepEqual(seen, ["MESSAGE", "MESSAGE", "MESSAGE"]);
  });

  test("answers CRLFCRLF with CRLF (RFC 5626 §4.4.1)", async () => {
    const { socket, receive } = setUp();
    await receive("\r\n\r\n");
    assert.deepEqual(socket.writes, ["\r\n"]);
  });

  test("what cannot be framed is answered, then the connection closes", async () => {
    const { seen, socket, receive, connection } = setUp();
    await receive("MESSAGE sip:bob@example.com SIP/2.0\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
    assert.equal(connection.isOpen, false);
    assert.deepEqual(socket.writes, ["answer"]);
    socket.push(null);
    await settled();
    assert.match(seen.join("|"), /^fatal 400\|closed: unframed: /);
  });

  test("a peer that does not read is cut off when its queue is full", async () => {
    const { seen, socket, connection, clock } = setUp("inbound", { maximumQueuedOctets: 1000 });
    socket.isStuck = true;
    for (let round = 0; round < 10; round += 1) {
      connection.send(Buffer.alloc(90));
      await settled();
    }
    clock.advance(5_000);
    assert.equal(connection.isOpen, true);
    connection.send(Buffer.alloc(101));
    assert.equal(connection.isOpen, false);
    await settled();
    assert.deepEqual(seen, ["closed: peer does not read"]);
  });

  test("a burst over the limit is no sign of a peer that does not read; sixteen limits are", async () => {
    const { socket, connection } = setUp("inbound", { maximumQueuedOctets: 1000 });
    for (let round = 0; round < 15; round += 1) connection.send(Buffer.alloc(1000));
    assert.equal(connection.isOpen, true);
    await settled();
    assert.equal(socket.writes.join("").length, 15_000);
    for (let round = 0; round < 17; round += 1) connection.send(Buffer.alloc(1000));
    assert.equal(connection.isOpen, false);
  });

  test("a burst leaves in pieces of 256 kB, so that a slow reader is seen to read", async () => {
    const { socket, connection, clock } = setUp("inbound", { maximumQueuedOctets: 200_000 });
    socket.isStuck = true;
    for (let message = 0; message < 1000; message += 1) connection.send(Buffer.alloc(1000, message % 10));
    await settled();
    for (let piece = 1; piece <= 3; piece += 1) {
      assert.deepEqual(socket.writes.length, piece);
      clock.advance(4_000);
      socket.reads();
      await settled();
    }
    connection.send(Buffer.from("more"));
    assert.equal(connection.isOpen, true);
    socket.reads();
    await settled();
    assert.deepEqual(
      socket.writes.map(({ length }) => length),
      [262_144, 262_144, 262_144, 213_568, 4],
    );
  });

  test("what is left in pieces is sent before the close", async () => {
    const { socket, connection } = setUp();
    socket.isStuck = true;
    for (let message = 0; message < 3; message += 1) connection.send(Buffer.alloc(200_000));
    await settled();
    connection.close();
    for (let piece = 0; piece < 3; piece += 1) socket.reads();
    await settled();
    assert.equal(socket.writes.join("").length, 600_000);
  });

  test("a message that never becomes whole closes it, though octets keep coming", async () => {
    const { clock, seen, receive } = setUp();
    for (let second = 0; second < 34; second += 2) {
      await receive("M");
      clock.advance(2_000);
    }
    await clock.elapse(6_000);
    assert.deepEqual(seen, ["closed: unfinished-message"]);
  });

  test("whole messages in between start the time of an unfinished one anew", async () => {
    const { clock, connection, receive } = setUp();
    for (let round = 0; round < 20; round += 1) {
      await receive(round === 0 ? MESSAGE.slice(0, 20) : `${MESSAGE.slice(20)}${MESSAGE.slice(0, 20)}`);
      clock.advance(10_000);
    }
    assert.equal(connection.isOpen, true);
  });

  test("pings an outbound peer, and closes when one who answers stops answering", async () => {
    const { clock, seen, socket, receive } = setUp("outbound", { pingIntervalMs: 60_000 });
    await clock.elapse(65_000);
    assert.deepEqual(socket.writes, ["\r\n\r\n"]);
    await receive("\r\n");
    await clock.elapse(65_000);
    assert.equal(socket.writes.length, 2);
    await clock.elapse(15_000);
    assert.deepEqual(seen, ["closed: pong-missing"]);
  });

  test("leaves a peer alone that has never answered a ping", async () => {
    const { clock, connection, socket } = setUp("outbound", { pingIntervalMs: 60_000, idleMs: 1_000_000 });
    await clock.elapse(900_000);
    assert.equal(connection.isOpen, true);
    assert.deepEqual(socket.writes, ["\r\n\r\n"]);
  });

  test("closes without messages, pings do not count; no timer is left", async () => {
    const { clock, seen, socket, receive } = setUp("inbound", { idleMs: 100_000 });
    for (let round = 0; round < 10; round += 1) {
      await receive("\r\n\r\n");
      await clock.elapse(10_000);
    }
    await clock.elapse(5_000);
    socket.push(null);
    await settled();
    assert.deepEqual(seen, ["closed: idle"]);
    assert.equal(clock.pendingTimers, 0);
  });

  test("a peer that does not close its side is left after two seconds", async () => {
    const { clock, seen, connection } = setUp();
    connection.close();
    await clock.elapse(1_999);
    assert.deepEqual(seen, []);
    await clock.elapse(1);
    assert.deepEqual(seen, ["closed: closed by us"]);
  });

  test("sending after the close does nothing", async () => {
    const { socket, connection } = setUp();
    connection.send(Buffer.from("last"));
    connection.close();
    connection.send(Buffer.from("too late"));
    await settled();
    assert.deepEqual(socket.writes, ["last"]);
  });
});

describe("a handler that throws", () => {
  test("costs its own connection only", async () => {
    const clock = new FakeClock();
    const socket = new FakeSocket();
    const closed: string[] = [];
    const errors: string[] = [];
    new StreamConnection(
      {
        id: 1,
        protocol: "tcp",
        direction: "inbound",
        socket: socket as unknown as Socket,
        certificate: undefined,
        identity: undefined,
      },
      {
        clock,
        random: new SeededRandom(),
        log: { ...silentLogger, error: (event) => errors.push(event) },
        settings: defaultTransportSettings,
        listener: {
          message: () => {
            throw new Error("a fault of ours");
          },
          fatal: () => undefined,
          closed: (_, reason) => closed.push(reason),
        },
      },
    );
    socket.push(MESSAGE);
    await settled();
    assert.deepEqual(closed, ["handler failed"]);
    assert.deepEqual(errors, ["connection.handler-failed"]);
  });
});
