import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import {
  checkServerIdentity,
  connect,
  createServer,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
} from "node:tls";
import {
  MessageProblem,
  parseMessage,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  StreamFramer,
} from "@interpres/sip";
import { systemClock } from "@interpres/runtime";
import { within } from "./within.ts";

/** One connection of a peer, of either direction. */
export interface PeerLink {
  readonly direction: "inbound" | "outbound";
  readonly isOpen: boolean;
  /** Common name of the certificate that the other side presented. */
  readonly certificateName: string;
  /** What that certificate may be used for; empty when it does not say. */
  readonly certificateUsages: readonly CertificateUsage[];
  write(octets: Uint8Array | string): void;
  close(): void;
}

/** An extended key usage that federation asks for. */
export type CertificateUsage = "server" | "client";

/** One message that passed a peer's edge, whole. */
export interface WireEvent {
  readonly direction: "sent" | "received";
  readonly message: SipMessage;
  readonly link: PeerLink;
}

export interface SipPeerOptions {
  /** Key, certificate and trusted roots, as `tls.createServer` takes them. */
  readonly tls: SecureContextOptions;
  /** 0 for any free port. */
  readonly port?: number;
  /** Where it listens; 127.0.0.1 by default. */
  readonly host?: string;
  /** The other side, where it is not on this machine: its host, and the name its certificate must have. */
  readonly node?: { readonly host: string; readonly name?: string };
  /** How long a request waits for its final response, 5000 by default. */
  readonly waitMs?: number;
  /** In pieces of how many octets messages are written; undefined for whole ones. */
  readonly pieceOctets?: () => number | undefined;
  readonly onRequest: (request: SipRequest, link: PeerLink) => void;
  /** Hears of every message, a received one before it is acted on, and of what was received and is none. */
  readonly tap?: { readonly message: (event: WireEvent) => void; readonly mistake: (reason: string) => void };
}

/** A request as it goes on the wire, and the branch of its top Via. */
export interface RawRequest {
  readonly branch: string;
  readonly text: string;
}

/** There was no final response in time; the connection is still there. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

interface Waiting {
  /** A CANCEL borrows the branch of its INVITE. */
  readonly method: string;
  readonly link: PeerLink;
  readonly heard: (response: SipResponse) => void;
  readonly failed: (why: string) => void;
}

/** RFC 5280 §4.2.1.12. */
const USAGES: Readonly<Record<string, CertificateUsage>> = {
  "1.3.6.1.5.5.7.3.1": "server",
  "1.3.6.1.5.5.7.3.2": "client",
};
const WAIT_MS = 5000;
const MISTAKE = "a message that does not parse: ";

/**
 * The other end of a federated link over mutual TLS: a listener, connections of its own, and requests that wait for their
 * final response. It frames and parses with the stack's own code and does everything else by itself.
 */
export class SipPeer {
  /** What was received and is no SIP, for tests to assert on. */
  readonly mistakes: string[] = [];
  /** Responses to no request of its own, as they come when a connection was lost (RFC 3261 §18.2.2). */
  readonly strays: SipResponse[] = [];
  readonly #options: SipPeerOptions;
  readonly #server: Server;
  /** Of either direction, those whose handshake is not done among them. */
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #own = new Map<number, Promise<PeerLink>>();
  #tls: SecureContextOptions;

  private constructor(options: SipPeerOptions, server: Server) {
    this.#options = options;
    this.#tls = options.tls;
    this.#server = server;
    server.on("connection", (socket) => this.#keep(socket));
    server.on("secureConnection", (socket) => this.#attach(socket, "inbound"));
  }

  static async start(options: SipPeerOptions): Promise<SipPeer> {
    const server = createServer({ ...options.tls, requestCert: true, rejectUnauthorized: true });
    const peer = new SipPeer(options, server);
    await new Promise<void>((resolve, reject) =>
      server.once("error", reject).listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve),
    );
    return peer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A connection of its own to a node; rejects when the node refuses the handshake, or does not go through with it. */
  async connect(port: number): Promise<PeerLink> {
    const { host = "127.0.0.1", name } = this.#options.node ?? {};
    const socket = connect({
      ...this.#tls,
      host,
      port,
      checkServerIdentity: (_, certificate) =>
        name === undefined ? undefined : checkServerIdentity(name, certificate),
    });
    this.#keep(socket);
    await within(once(socket, "secureConnect"), WAIT_MS, "no handshake with the node");
    return this.#attach(socket, "outbound");
  }

  /** The connection of that number that it keeps to a node, made anew where it is gone. Rejects as `connect` does. */
  async ownLink(port: number, number = 0): Promise<PeerLink> {
    const known = this.#own.get(number);
    const link = await known?.catch(() => undefined);
    if (link?.isOpen === true) return link;
    // Somebody else may have begun another meanwhile.
    const current = this.#own.get(number);
    const own = current === undefined || current === known ? this.connect(port) : current;
    this.#own.set(number, own);
    return await own;
  }

  /** Shows another certificate on every connection from now on; those there are end. */
  useKeys(tls: SecureContextOptions): void {
    this.#tls = tls;
    this.#server.setSecureContext({ ...tls });
    this.dropConnections();
  }

  /**
   * Writes a request and waits for the final response to its top Via branch; `seen` gets every response. Rejects after five
   * seconds or what was said, and as soon as the link is closed.
   */
  async request(link: PeerLink, request: RawRequest, seen?: (response: SipResponse) => void): Promise<SipResponse> {
    const { branch, text } = request;
    const { promise, resolve, reject } = Promise.withResolvers<SipResponse>();
    const none = `no final response to ${text.split("\r\n", 1)}`;
    const failed = (why: string): void => reject(new Error(`${none}: ${why}`));
    const heard = (response: SipResponse): void => {
      seen?.(response);
      if (response.status >= 200) resolve(response);
    };
    this.#waiting.set(branch, { method: /\S+/.exec(text)?.[0] ?? "", link, heard, failed });
    if (link.isOpen) link.write(text);
    else failed("the connection is closed");
    const waitMs = this.#options.waitMs ?? WAIT_MS;
    const timer = systemClock.after(waitMs, () => reject(new NoAnswerError(`${none} in ${waitMs} ms`)));
    return await promise.finally(() => {
      timer.cancel();
      this.#waiting.delete(branch);
    });
  }

  /** Breaks every connection without a word, as a crash does. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.dropConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #attach(socket: TLSSocket, direction: PeerLink["direction"]): PeerLink {
    socket.setNoDelay(true);
    const { subject, ext_key_usage: usages = [] } = socket.getPeerCertificate();
    const link: PeerLink = {
      direction,
      certificateName: String(subject.CN ?? ""),
      certificateUsages: usages.flatMap((oid) => USAGES[oid] ?? []),
      get isOpen() {
        return !socket.destroyed && !socket.readableEnded;
      },
      write: (octets) => {
        if (socket.destroyed) return;
        this.#tellSent(octets, link);
        for (const piece of this.#pieces(octets)) socket.write(piece);
      },
      close: () => socket.destroy(),
    };
    const framer = new StreamFramer({
      message: (message) => this.#receive(message, link),
      ping: () => link.write("\r\n"),
      fatal: (problem) => this.#mistaken(problem.reason),
    });
    socket.on("data", (chunk: Buffer) => framer.push(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#closed(link));
    return link;
  }

  #receive(message: SipMessage | MessageProblem, link: PeerLink): void {
    if (message instanceof MessageProblem) {
      this.#mistaken(message.reason);
      return;
    }
    this.#options.tap?.message({ direction: "received", message, link });
    if (message.kind === "request") this.#options.onRequest(message, link);
    else this.#respond(message);
  }

  #mistaken(reason: string): void {
    this.mistakes.push(MISTAKE + reason);
    this.#options.tap?.mistake(MISTAKE + reason);
  }

  #pieces(octets: Uint8Array | string): readonly Uint8Array[] {
    const whole = Buffer.from(octets);
    const size = this.#options.pieceOctets?.() ?? Math.max(1, whole.length);
    return Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
      whole.subarray(at * size, (at + 1) * size),
    );
  }

  /** What is no message, as line ends between them, is nothing to tell. */
  #tellSent(octets: Uint8Array | string, link: PeerLink): void {
    if (this.#options.tap === undefined) return;
    const message = parseMessage(Buffer.from(octets), "stream");
    if (!(message instanceof MessageProblem)) this.#options.tap.message({ direction: "sent", message, link });
  }

  #respond(response: SipResponse): void {
    const waiting = this.#waiting.get(response.topVia.branch ?? "");
    if (waiting?.method !== response.cseq.method) this.strays.push(response);
    else waiting.heard(response);
  }

  #closed(link: PeerLink): void {
    for (const waiting of this.#waiting.values())
      if (waiting.link === link) waiting.failed("the node closed the connection");
  }
}
