import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { serialize } from "@interpres/sip";
import { FakeClock, settled } from "@interpres/testkit";
import { End, hopTo, messageRequest } from "../transport/ends.ts";

/** Of the event loop, until what was written on loopback has been read for certain. */
const TURNS = 200;
const VIA = "SIP/2.0/TCP sip.example.com:5060";

/** A peer over TCP that keeps what it reads, and a connection of ours to it under a clock of its own. */
class Flow {
  readonly clock = new FakeClock();
  readonly ours = new End({ clock: this.clock, settings: { pingIntervalMs: 120_000, idleMs: 100_000_000 } });
  read = "";
  #socket: Socket | undefined;
  readonly #server: Server = createServer((socket) => {
    this.#socket = socket;
    socket.on("data", (chunk) => {
      this.read += chunk.toString("latin1");
    });
    socket.on("error", () => socket.destroy());
  });

  async open(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    const { port } = this.#server.address() as AddressInfo;
    await this.ours.send(messageRequest(VIA), hopTo({ port }, { protocol: "tcp" }));
    await this.reads((text) => text.includes("hello"));
    this.read = "";
  }

  async reads(met: (text: string) => boolean): Promise<void> {
    for (let turn = 0; turn < 2000 && !met(this.read); turn += 1) await settled();
    assert.ok(met(this.read), JSON.stringify(this.read));
  }

  /** Moves time, and lets what it sets off arrive. */
  async wait(ms: number): Promise<void> {
    await this.clock.elapse(ms);
    for (let turn = 0; turn < TURNS; turn += 1) await settled();
  }

  /** Waits for the next ping and answers for how long, in seconds, five at a time. */
  async waitForPing(): Promise<number> {
    this.read = "";
    for (let seconds = 5; seconds <= 200; seconds += 5) {
      await this.wait(5_000);
      if (this.read === "\r\n\r\n") return seconds;
      assert.equal(this.read, "");
    }
    throw new Error("no ping");
  }

  async says(octets: string): Promise<void> {
    const socket = this.#socket;
    assert.ok(socket);
    await new Promise((written) => socket.write(octets, written));
    for (let turn = 0; turn < TURNS; turn += 1) await settled();
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    await this.ours.until(() => this.ours.transport.connections().length === 0);
    this.#server.close();
    await once(this.#server, "close");
  }
}

describe("keep-alive with CRLF on connections we opened (RFC 5626 §4.4.1)", () => {
  let flow: Flow;
  before(async () => {
    flow = new Flow();
    await flow.open();
  });
  after(() => flow.close());

  test("a quiet connection is pinged by CRLFCRLF, between four and five fifths of the bound", async () => {
    const seconds = await flow.waitForPing();
    assert.ok(seconds >= 96 && seconds <= 125, `${seconds} s`);
  });

  test("with its CRLF the flow is alive, until the next ping", async () => {
    await flow.says("\r\n");
    const seconds = await flow.waitForPing();
    assert.ok(seconds >= 96 && seconds <= 125, `${seconds} s`);
  });

  test("a peer that has answered before and does not within ten seconds is gone; who waits for an answer is told", async () => {
    await flow.wait(9_999);
    assert.equal(flow.ours.transport.connections().length, 1);
    await flow.wait(1);
    await flow.ours.until(() => flow.ours.closed.length === 1);
  });
});

describe("keep-alive towards those who know nothing of it (RFC 5626 §3.5.1, note)", () => {
  test("a first ping without an answer is the last; the connection stays", async () => {
    const flow = new Flow();
    await flow.open();
    await flow.wait(600_000);
    assert.deepEqual([flow.read, flow.ours.transport.connections().length], ["\r\n\r\n", 1]);
    await flow.close();
  });
});

describe("keep-alive on connections a peer opened (RFC 5626 §3.5.1, §4.4.1)", () => {
  test("we send no pings there, and answer each of theirs by one CRLF, also between messages", async () => {
    const clock = new FakeClock();
    const server = (await End.listening("tcp", { clock, settings: { idleMs: 100_000_000 } })).answering(200);
    const socket = connect(server.port, "127.0.0.1");
    await once(socket, "connect");
    let read = "";
    socket.on("data", (chunk) => {
      read += chunk.toString("latin1");
    });
    socket.write(Buffer.concat([Buffer.from("\r\n\r\n"), serialize(messageRequest(VIA)), Buffer.from("\r\n\r\n")]));
    while (!(read.startsWith("\r\nSIP/2.0 200 ") && read.endsWith("\r\n\r\n\r\n"))) await once(socket, "data");
    read = "";
    await clock.elapse(600_000);
    await settled();
    assert.equal(read, "");
    socket.destroy();
    await server.close();
  });

  test("over UDP nothing answers a CRLFCRLF", async () => {
    const server = await End.listening("udp");
    const socket = createSocket("udp4");
    let answers = 0;
    socket.on("message", () => {
      answers += 1;
    });
    socket.send("\r\n\r\n", server.port, "127.0.0.1");
    socket.send(Buffer.from("nonsense"), server.port, "127.0.0.1");
    await server.until(() => server.problems.length === 1);
    assert.equal(answers, 0);
    socket.close();
    await server.close();
  });
});
