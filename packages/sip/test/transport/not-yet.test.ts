import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { type ConnectionFacts, type ConnectionVerdict, type NotYet, serialize } from "@interpres/sip";
import { End, messageRequest } from "./ends.ts";

/** A gate that cannot say anything until it is told what to say. */
class Undecided {
  verdict: ConnectionVerdict | undefined;
  asked = 0;
  #wasAsked: () => void = () => undefined;
  #decided: () => void = () => undefined;
  readonly #until = new Promise<void>((resolve) => {
    this.#decided = resolve;
  });

  readonly admit = (_facts: ConnectionFacts): ConnectionVerdict | NotYet => {
    this.asked += 1;
    this.#wasAsked();
    return this.verdict ?? { kind: "not-yet", rule: "reverse-name", until: this.#until };
  };

  /** Settles when it is asked the next time. */
  question(): Promise<void> {
    return new Promise((resolve) => {
      this.#wasAsked = resolve;
    });
  }

  decide(verdict: ConnectionVerdict): void {
    this.verdict = verdict;
    this.#decided();
  }
}

const octets = serialize(messageRequest("SIP/2.0/TCP 127.0.0.1:5060"));
const datagram = serialize(messageRequest("SIP/2.0/UDP 127.0.0.1:5060;rport"));

async function dial(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port }).resume();
  await once(socket, "connect");
  return socket;
}

function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("error", () => undefined);
    socket.once("close", () => resolve());
  });
}

describe("a gate that cannot say yet", () => {
  test("keeps a stream connection unread until it can, then hears all that was sent", async () => {
    const gate = new Undecided();
    const server = (await End.listening("tcp", { gate: gate.admit })).answering(200);
    const question = gate.question();
    const socket = await dial(server.port);
    socket.write(octets);
    await question;
    assert.equal(server.requests.length, 0);
    gate.decide({ kind: "admit" });
    await server.until(() => server.requests.length === 1);
    socket.destroy();
    await server.close();
  });

  test("closes it unread when the answer is no", async () => {
    const gate = new Undecided();
    const server = await End.listening("tcp", { gate: gate.admit });
    const question = gate.question();
    const socket = await dial(server.port);
    socket.write(octets);
    await question;
    const closed = closing(socket);
    gate.decide({ kind: "refuse", rule: "incoming-acl" });
    await closed;
    assert.equal(server.requests.length, 0);
    await server.close();
  });

  test("is not troubled by a peer that breaks off meanwhile", async () => {
    const gate = new Undecided();
    const server = await End.listening("tls", { gate: gate.admit });
    const question = gate.question();
    const socket = connect(server.port, "127.0.0.1");
    connectTls({ socket, rejectUnauthorized: false }).on("error", () => undefined);
    await question;
    const closed = closing(socket);
    socket.resetAndDestroy();
    await closed;
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    gate.decide({ kind: "admit" });
    await server.close();
    assert.equal(server.transport.connections().length, 0);
  });

  test("holds up nobody else: another connection is served meanwhile", async () => {
    const gate = new Undecided();
    const first = (facts: ConnectionFacts): ConnectionVerdict | NotYet =>
      gate.asked === 0 ? gate.admit(facts) : { kind: "admit" };
    const server = (await End.listening("tcp", { gate: first })).answering(200);
    const question = gate.question();
    const waiting = await dial(server.port);
    await question;
    const other = await dial(server.port);
    other.write(octets);
    await server.until(() => server.requests.length === 1);
    for (const socket of [waiting, other]) socket.destroy();
    gate.decide({ kind: "refuse", rule: "incoming-acl" });
    await server.close();
  });

  test("lets a datagram go by; when it is sent again it is heard", async () => {
    const gate = new Undecided();
    const server = (await End.listening("udp", { gate: gate.admit })).answering(200);
    const socket = createSocket("udp4");
    const send = (): void => socket.send(datagram, server.port, "127.0.0.1");
    const question = gate.question();
    send();
    await question;
    gate.decide({ kind: "admit" });
    send();
    await server.until(() => server.requests.length === 1);
    assert.equal(gate.asked, 2);
    socket.close();
    await server.close();
  });

  test("asked anew of a connection that stands, leaves it be until it can say", async () => {
    const gate = new Undecided();
    gate.verdict = { kind: "admit" };
    const server = (await End.listening("tcp", { gate: gate.admit })).answering(200);
    const socket = await dial(server.port);
    socket.write(octets);
    await server.until(() => server.requests.length === 1);
    gate.verdict = undefined;
    server.transport.readmit();
    socket.write(octets);
    await server.until(() => server.requests.length === 2);
    const closed = closing(socket);
    gate.decide({ kind: "refuse", rule: "incoming-acl" });
    await closed;
    await server.close();
  });
});
