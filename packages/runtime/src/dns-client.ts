import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import { type DecodedPacket, decode, encode, RECURSION_DESIRED } from "dns-packet";
import type { Clock } from "./clock.ts";
import { responseCodeOf } from "./dns-answer.ts";
import type { Random } from "./random.ts";
import type { RecordTypes } from "./resolver.ts";

/** Asks the configured servers one question. The port below the caching resolver. */
export interface DnsExchange {
  /** The first usable reply (answer or "no such name"), or the reason of the last failure. Never rejects. */
  ask(name: string, type: keyof RecordTypes): Promise<DecodedPacket | DnsFailure>;
}

export interface DnsFailure {
  readonly kind: "failed";
  readonly reason: string;
}

export interface DnsServer {
  readonly host: string;
  readonly port: number;
}

export interface DnsClientOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly servers: readonly DnsServer[];
  /** How long one server may take for one try. */
  readonly timeoutMs?: number;
  /** How often the whole list is gone through. */
  readonly rounds?: number;
}

interface Query {
  readonly name: string;
  readonly type: keyof RecordTypes;
  readonly id: number;
  readonly octets: Buffer;
}

/** How long a server may take for one try, and how often the whole list is gone through, unless a client says otherwise. */
export const DNS_TIMEOUT_MS = 1500;
export const DNS_ATTEMPTS = 2;

const FORMAT_ERROR = 1;
const USABLE_CODES: ReadonlySet<number> = new Set([0, 3]);
/** Fits one unfragmented datagram on every path (DNS flag day 2020). */
const UDP_PAYLOAD_OCTETS = 1232;
const MAXIMUM_TCP_OCTETS = 2 + 65_535;

/**
 * DNS over UDP, and over TCP when the answer does not fit (RFC 7766 §5). Each question has its own socket, so its own
 * random port, and a random id; a datagram that does not match both and the question is ignored (RFC 5452 §9.1).
 */
export class DnsClient implements DnsExchange {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #servers: readonly DnsServer[];
  readonly #timeoutMs: number;
  readonly #rounds: number;
  /** The server that answered last is asked first. */
  #preferred = 0;

  constructor({ clock, random, servers, timeoutMs = DNS_TIMEOUT_MS, rounds = DNS_ATTEMPTS }: DnsClientOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#servers = servers;
    this.#timeoutMs = timeoutMs;
    this.#rounds = rounds;
  }

  async ask(name: string, type: keyof RecordTypes): Promise<DecodedPacket | DnsFailure> {
    let failure: DnsFailure = { kind: "failed", reason: "no DNS server is configured" };
    const first = this.#preferred;
    for (let attempt = 0; attempt < this.#rounds * this.#servers.length; attempt += 1) {
      const index = (first + attempt) % this.#servers.length;
      const server = this.#servers[index];
      if (server === undefined) break;
      const reply = await this.#askServer(server, name, type);
      if (!isFailure(reply)) {
        this.#preferred = index;
        return reply;
      }
      failure = { kind: "failed", reason: `${server.host}: ${reply.reason}` };
    }
    return failure;
  }

  async #askServer(server: DnsServer, name: string, type: keyof RecordTypes): Promise<DecodedPacket | DnsFailure> {
    let query = this.#query(name, type, "extended");
    let reply = await this.#overUdp(server, query);
    if (!isFailure(reply) && responseCodeOf(reply) === FORMAT_ERROR) {
      // An old server that does not know EDNS (RFC 6891 §7).
      query = this.#query(name, type, "plain");
      reply = await this.#overUdp(server, query);
    }
    if (!isFailure(reply) && reply.flag_tc) reply = await this.#overTcp(server, query);
    if (isFailure(reply)) return reply;
    const code = responseCodeOf(reply);
    return USABLE_CODES.has(code) ? reply : { kind: "failed", reason: `response code ${code}` };
  }

  #query(name: string, type: keyof RecordTypes, form: "extended" | "plain"): Query {
    const [high = 0, low = 0] = this.#random.bytes(2);
    const id = high * 256 + low;
    const options = {
      type: "OPT" as const,
      name: ".",
      udpPayloadSize: UDP_PAYLOAD_OCTETS,
      extendedRcode: 0,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [],
    };
    const octets = encode({
      type: "query",
      id,
      flags: RECURSION_DESIRED,
      questions: [{ name, type, class: "IN" }],
      additionals: form === "extended" ? [options] : [],
    });
    return { name, type, id, octets };
  }

  #overUdp(server: DnsServer, query: Query): Promise<DecodedPacket | DnsFailure> {
    return new Promise((resolve) => {
      const socket = createSocket(isIPv6(server.host) ? "udp6" : "udp4");
      const settle = (outcome: DecodedPacket | DnsFailure): void => {
        timer.cancel();
        socket.removeAllListeners("message");
        socket.close();
        resolve(outcome);
        settled = true;
      };
      let settled = false;
      const fail = (reason: string): void => {
        if (!settled) settle({ kind: "failed", reason });
      };
      const timer = this.#clock.after(this.#timeoutMs, () => fail("no answer in time"));
      socket.on("error", (error) => fail(error.message));
      socket.on("message", (octets) => {
        const reply = matchingReply(octets, query);
        if (reply !== undefined && !settled) settle(reply);
      });
      // A connected socket hears only this server, and hears that its port is closed.
      socket.connect(server.port, server.host, () => {
        if (!settled) socket.send(query.octets);
      });
    });
  }

  #overTcp(server: DnsServer, query: Query): Promise<DecodedPacket | DnsFailure> {
    return new Promise((resolve) => {
      const socket = connect({ host: server.host, port: server.port });
      let received = Buffer.alloc(0);
      const settle = (outcome: DecodedPacket | DnsFailure): void => {
        timer.cancel();
        socket.destroy();
        resolve(outcome);
      };
      const fail = (reason: string): void => settle({ kind: "failed", reason });
      const timer = this.#clock.after(this.#timeoutMs, () => fail("no answer over TCP in time"));
      socket.on("error", (error) => fail(error.message));
      socket.on("close", () => fail("closed without an answer"));
      socket.on("connect", () => {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(query.octets.length);
        socket.write(Buffer.concat([length, query.octets]));
      });
      socket.on("data", (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (received.length < 2) return;
        const end = 2 + received.readUInt16BE(0);
        if (received.length < end && received.length <= MAXIMUM_TCP_OCTETS) return;
        settle(matchingReply(received.subarray(2, end), query) ?? { kind: "failed", reason: "not an answer" });
      });
    });
  }
}

/** `127.0.0.1`, `127.0.0.1:5353`, `::1`, `[::1]:5353`; undefined when it is none of these. */
export function parseDnsServer(text: string): DnsServer | undefined {
  const bracketed = /^\[([0-9a-f:.%\w]+)\](?::(\d{1,5}))?$/i.exec(text);
  const plain = /^([^:\s]+)(?::(\d{1,5}))?$/.exec(text);
  const match = bracketed ?? plain;
  if (match === null) return isIPv6(text) ? { host: text, port: 53 } : undefined;
  return { host: match[1] ?? "", port: Number(match[2] ?? 53) };
}

function isFailure(reply: DecodedPacket | DnsFailure): reply is DnsFailure {
  return "kind" in reply;
}

function matchingReply(octets: Buffer, query: Query): DecodedPacket | undefined {
  let reply: DecodedPacket;
  try {
    reply = decode(octets);
  } catch {
    // Whatever sent it, it is no answer; the true one may still come.
    return undefined;
  }
  const [question, ...others] = reply.questions ?? [];
  if (!reply.flag_qr || reply.id !== query.id || others.length > 0) return undefined;
  if (question === undefined) return responseCodeOf(reply) === FORMAT_ERROR ? reply : undefined;
  const sameName = question.name.toLowerCase() === query.name.toLowerCase();
  return sameName && question.type === query.type ? reply : undefined;
}
