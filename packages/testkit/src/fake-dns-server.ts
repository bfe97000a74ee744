import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { createServer, type Server, type Socket } from "node:net";
import { type RecordTypes, systemClock, type Timer } from "@interpres/runtime";
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode, type Packet, TRUNCATED_RESPONSE } from "dns-packet";

/** How a name misbehaves: no answer at all, an error, or an answer over UDP that says "ask over TCP". */
export type ZoneFault = "silent" | "server-failure" | "refused" | "truncated";

export type RecordSet = {
  readonly [Type in keyof RecordTypes]: {
    readonly type: Type;
    readonly records: readonly RecordTypes[Type][];
    readonly ttlSeconds: number;
  };
}[keyof RecordTypes];

/** What the zone knows about one question: the aliases followed, then the records if there are any. */
export interface ZoneFinding {
  readonly aliases: readonly { readonly name: string; readonly target: string; readonly ttlSeconds: number }[];
  readonly set: RecordSet | undefined;
  readonly nameExists: boolean;
  readonly fault: ZoneFault | undefined;
  /** Milliseconds before the answer leaves. */
  readonly delayMs: number;
}

/** What the server asks its zone. */
export interface ServedZone {
  readonly negativeTtlSeconds: number;
  find(name: string, type: keyof RecordTypes): ZoneFinding;
}

const MAXIMUM_UDP_OCTETS = 512;
const RESPONSE_CODES = { "server-failure": 2, "name-error": 3, "not-implemented": 4, refused: 5 } as const;
const SERVED: ReadonlySet<string> = new Set<keyof RecordTypes>(["A", "AAAA", "SRV", "NAPTR", "PTR"]);

/** An authoritative server of one fake zone, on loopback, over UDP and TCP. */
export class FakeDnsServer {
  readonly #zone: ServedZone;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #open = new Set<Socket>();
  /** Answers that have not left yet. */
  readonly #delayed = new Set<Timer>();

  private constructor(zone: ServedZone, udp: UdpSocket, tcp: Server) {
    this.#zone = zone;
    this.#udp = udp;
    this.#tcp = tcp;
    udp.on("message", (octets, from) => {
      this.#reply(octets, "udp", (reply) => udp.send(reply, from.port, from.address));
    });
    tcp.on("connection", (socket) => this.#serve(socket));
  }

  static async start(zone: ServedZone): Promise<FakeDnsServer> {
    for (let attempt = 0; ; attempt += 1) {
      const tcp = createServer();
      const udp = createSocket("udp4");
      try {
        await new Promise<void>((resolve, reject) => tcp.once("error", reject).listen(0, "127.0.0.1", resolve));
        const port = portOf(tcp);
        await new Promise<void>((resolve, reject) => udp.once("error", reject).bind(port, "127.0.0.1", resolve));
        return new FakeDnsServer(zone, udp, tcp);
      } catch (cause) {
        tcp.close();
        udp.close();
        if (attempt === 5) throw new Error("no port free for both UDP and TCP", { cause });
      }
    }
  }

  get port(): number {
    return portOf(this.#tcp);
  }

  /** As the setting `dns.servers` wants it: `127.0.0.1:5353`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    for (const timer of this.#delayed) timer.cancel();
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => this.#udp.close(() => resolve()));
    await new Promise<void>((resolve) => this.#tcp.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    let pending = Buffer.alloc(0);
    this.#open.add(socket);
    socket.on("close", () => this.#open.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const end = 2 + pending.readUInt16BE(0);
        this.#reply(pending.subarray(2, end), "tcp", (reply) => {
          if (!socket.destroyed) socket.write(Buffer.concat([lengthOf(reply), reply]));
        });
        pending = pending.subarray(end);
      }
    });
  }

  #reply(octets: Buffer, over: "udp" | "tcp", send: (reply: Buffer) => void): void {
    const query = decode(octets);
    const question = query.questions?.[0];
    if (question === undefined) return;
    const base = { type: "response" as const, id: query.id, questions: query.questions, flags: AUTHORITATIVE_ANSWER };
    if (!SERVED.has(question.type)) {
      send(encode(failure(base, "not-implemented")));
      return;
    }
    const found = this.#zone.find(question.name, question.type as keyof RecordTypes);
    if (found.fault === "silent") return;
    const reply = this.#found(base, { name: question.name, found, over });
    if (found.delayMs === 0) send(reply);
    else this.#later(found.delayMs, () => send(reply));
  }

  #later(delayMs: number, send: () => void): void {
    const timer = systemClock.after(delayMs, () => {
      this.#delayed.delete(timer);
      send();
    });
    this.#delayed.add(timer);
  }

  #found(base: Packet, { name, found, over }: Found): Buffer {
    if (found.fault === "server-failure" || found.fault === "refused") return encode(failure(base, found.fault));
    const full = encode({ ...base, ...this.#sections(name, found) });
    const fits = over === "tcp" || (found.fault !== "truncated" && full.length <= MAXIMUM_UDP_OCTETS);
    return fits ? full : encode({ ...base, flags: AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE });
  }

  #sections(name: string, found: ZoneFinding): Packet {
    const answers: Answer[] = found.aliases.map((alias) => ({
      type: "CNAME",
      name: alias.name,
      ttl: alias.ttlSeconds,
      data: alias.target,
    }));
    const owner = found.aliases.at(-1)?.target ?? name;
    if (found.set !== undefined) return { answers: [...answers, ...answersOf(owner, found.set)] };
    const minimum = this.#zone.negativeTtlSeconds;
    const data = { mname: "ns.test", rname: "admin.test", serial: 1, refresh: 1, retry: 1, expire: 1, minimum };
    const authorities: Answer[] = [{ type: "SOA", name: "", ttl: minimum, data }];
    const code = found.nameExists ? 0 : RESPONSE_CODES["name-error"];
    return { answers, authorities, flags: AUTHORITATIVE_ANSWER | code };
  }
}

interface Found {
  readonly name: string;
  readonly found: ZoneFinding;
  readonly over: "udp" | "tcp";
}

function answersOf(name: string, set: RecordSet): Answer[] {
  const ttl = set.ttlSeconds;
  switch (set.type) {
    case "A":
    case "AAAA":
      return set.records.map((record) => ({ type: set.type, name, ttl, data: record.address }));
    case "SRV":
      return set.records.map((record) => ({
        type: "SRV",
        name,
        ttl,
        data: { ...record, target: record.target || "." },
      }));
    case "PTR":
      return set.records.map((record) => ({ type: "PTR", name, ttl, data: record.name }));
    case "NAPTR":
      return set.records.map((record) => ({ type: "NAPTR", name, ttl, data: { ...record } }));
  }
}

function failure(base: Packet, code: keyof typeof RESPONSE_CODES): Packet {
  return { ...base, flags: AUTHORITATIVE_ANSWER | RESPONSE_CODES[code] };
}

function lengthOf(reply: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(reply.length);
  return length;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the DNS server is not listening");
  return address.port;
}
