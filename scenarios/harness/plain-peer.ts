import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type SipRequest, type SipResponse, StreamFramer } from "@interpres/sip";
import { answerText, within } from "@interpres/testkit";

export interface PlainPeerOptions {
  /** `carol@partner.example`. */
  readonly user: string;
  /** The node's TCP listener. */
  readonly nodePort: number;
  /** Where her own connection comes from; any address of loopback. */
  readonly localAddress?: string;
}

const LIMIT_MS = 20_000;

/** A user of a peer over plain TCP, with one dialog in which she watches; takes each request, and writes. */
export class PlainPeer {
  readonly notifies: SipRequest[] = [];
  readonly #options: PlainPeerOptions;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #own: Socket | undefined;
  #ofNode: Socket | undefined;
  #answered: (response: SipResponse) => void = () => undefined;
  #sequence = 0;
  #toTag: string | undefined;

  private constructor(options: PlainPeerOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    server.on("connection", (socket) => {
      this.#ofNode = this.#listen(socket);
    });
  }

  static async start(options: PlainPeerOptions): Promise<PlainPeer> {
    const server = createServer();
    const peer = new PlainPeer(options, server);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return peer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Begins the dialog, or refreshes it, on a connection of her own or on the one that the node opened. */
  async subscribe(target: string, by?: "by the node's connection"): Promise<number | "closed"> {
    const socket = by === undefined ? await this.#connected() : this.#ofNode;
    if (socket === undefined) throw new Error("the node has no connection to the peer");
    const response = await this.#asked(socket, this.#request(target));
    if (response === "closed") return "closed";
    if (response.status < 300) this.#toTag = response.to.tag;
    return response.status;
  }

  /** A MESSAGE outside dialogs (RFC 3428 §4), on a connection of her own. */
  async write(target: string, text: string): Promise<number | "closed"> {
    const response = await this.#asked(await this.#connected(), this.#message(target, text));
    return response === "closed" ? "closed" : response.status;
  }

  async #asked(socket: Socket, request: string): Promise<SipResponse | "closed"> {
    const ended = closed(socket).then(() => undefined);
    const answer = new Promise<SipResponse>((resolve) => {
      this.#answered = resolve;
    });
    socket.write(request);
    return (await within(Promise.race([answer, ended]), LIMIT_MS, "no answer")) ?? "closed";
  }

  /** Whether a connection of her own is open. */
  get isConnected(): boolean {
    return this.#own !== undefined && !this.#own.closed;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  async #connected(): Promise<Socket> {
    if (this.#own !== undefined && this.isConnected) return this.#own;
    const { nodePort, localAddress } = this.#options;
    const socket = this.#listen(connect({ host: "127.0.0.1", port: nodePort, localAddress }));
    this.#own = socket;
    await within(once(socket, "connect"), LIMIT_MS, "no connection");
    return socket;
  }

  #listen(socket: Socket): Socket {
    const framer = new StreamFramer({
      message: (message) => {
        if (message.kind === "response") this.#answered(message);
        else if (message.kind === "request") this.#take(message, socket);
      },
      ping: () => undefined,
      fatal: () => socket.destroy(),
    });
    socket.on("data", (chunk: Buffer) => framer.push(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#open.delete(socket));
    this.#open.add(socket);
    return socket;
  }

  #take(request: SipRequest, socket: Socket): void {
    this.notifies.push(request);
    socket.write(answerText(request, { status: "200 OK", toTag: "plain", headers: [], body: "" }));
  }

  #message(target: string, text: string): string {
    this.#sequence += 1;
    const { user } = this.#options;
    const lines = [
      `MESSAGE sip:${target} SIP/2.0`,
      `Via: SIP/2.0/TCP 127.0.0.1:${this.port};branch=z9hG4bKplain${this.#sequence}`,
      "Max-Forwards: 70",
      `From: <sip:${user}>;tag=plain`,
      `To: <sip:${target}>`,
      `Call-ID: plain-${this.#sequence}-${user}`,
      `CSeq: ${this.#sequence} MESSAGE`,
      "Content-Type: text/plain",
      `Content-Length: ${Buffer.byteLength(text)}`,
    ];
    return `${lines.join("\r\n")}\r\n\r\n${text}`;
  }

  #request(target: string): string {
    this.#sequence += 1;
    const { user } = this.#options;
    const lines = [
      `SUBSCRIBE sip:${target} SIP/2.0`,
      `Via: SIP/2.0/TCP 127.0.0.1:${this.port};branch=z9hG4bKplain${this.#sequence}`,
      "Max-Forwards: 70",
      `From: <sip:${user}>;tag=plain`,
      `To: <sip:${target}>${this.#toTag === undefined ? "" : `;tag=${this.#toTag}`}`,
      `Call-ID: plain-${user}`,
      `CSeq: ${this.#sequence} SUBSCRIBE`,
      `Contact: <sip:${user}>`,
      "Event: presence",
      "Accept: application/pidf+xml",
      "Content-Length: 0",
    ];
    return `${lines.join("\r\n")}\r\n\r\n`;
  }
}

function closed(socket: Socket): Promise<void> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once("close", () => resolve()));
}
