import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

const HEADER_OCTETS = 5;
const APPLICATION_DATA = 23;

/** Reads the headers of TLS records, which are never encrypted (RFC 2246 §6.2.1), from octets in any pieces. */
class RecordReader {
  readonly #saw: (contentType: number) => void;
  #pending: Buffer = Buffer.alloc(0);

  constructor(saw: (contentType: number) => void) {
    this.#saw = saw;
  }

  read(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= HEADER_OCTETS) {
      const whole = HEADER_OCTETS + this.#pending.readUInt16BE(3);
      if (this.#pending.length < whole) return;
      this.#saw(this.#pending.readUInt8(0));
      this.#pending = this.#pending.subarray(whole);
    }
  }
}

/** A TCP relay that counts the TLS records of application data each side sends. */
export class RecordCounter {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** From whoever connected, and from the target. */
  readonly records = { client: 0, target: 0 };

  private constructor(target: () => number) {
    this.#server = createServer((client) => this.#relay(client, target()));
  }

  /** In front of a port of this host, read at each connection. */
  static async start(target: () => number): Promise<RecordCounter> {
    const counter = new RecordCounter(target);
    await new Promise<void>((listening) => counter.#server.listen(0, "127.0.0.1", listening));
    return counter;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((closed) => this.#server.close(closed));
  }

  #relay(client: Socket, port: number): void {
    const target = connect(port, "127.0.0.1");
    const count = (side: keyof typeof this.records) => (contentType: number) => {
      if (contentType === APPLICATION_DATA) this.records[side] += 1;
    };
    join(client, target, new RecordReader(count("client")));
    join(target, client, new RecordReader(count("target")));
    for (const socket of [client, target]) this.#sockets.add(socket.setNoDelay(true));
  }
}

function join(from: Socket, to: Socket, reader: RecordReader): void {
  from.on("data", (chunk: Buffer) => {
    reader.read(chunk);
    to.write(chunk);
  });
  from.on("end", () => to.end());
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
}
