import { constants } from "node:crypto";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from "node:tls";
import { type Broke, bind, type Clock, type Logger, plainAddress, type Tally } from "@interpres/runtime";
import type { FailedHandshake } from "./connection-gate.ts";
import { Handshakes, keyOf } from "./handshakes.ts";
import type { TlsContextStamp } from "./negotiated-tls.ts";
import type { TlsContextSource } from "./tls-context-source.ts";

/** One socket whose handshake is done; nothing has been read from it. Whoever does not want it destroys it at once. */
export type Accepted =
  | { readonly protocol: "tls"; readonly socket: TLSSocket; readonly stamp: TlsContextStamp }
  | { readonly protocol: "tcp"; readonly socket: Socket };

export interface StreamListenerOptions {
  readonly protocol: "tls" | "tcp";
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly tls: TlsContextSource;
  readonly log: Logger;
  /** Inbound connections by remote address, handshakes included. */
  readonly tally: Tally;
  readonly handshakeTimeoutMs: number;
  readonly accepted: (accepted: Accepted) => void;
  readonly handshakeFailed: (failed: FailedHandshake) => void;
  /** It accepts nothing more, though it was not closed. */
  readonly broke: Broke;
}

/** The TLS server's own time-out, which cannot be switched off: ours comes long before. */
const NEVER_MS = 2 ** 31 - 1;
const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };

/**
 * Accepts TCP, or TLS over it. Whoever a client certificate is from, or none, the handshake is let through to the
 * `accepted` callback with what was presented, so that a refusal can say whom it refused. A TLS 1.2 client refused there
 * sees its handshake fail, as the server's Finished has not left. A TLS 1.3 client is done before its certificate is seen
 * (RFC 8446 §2, figure 1), and sees the connection closed before any octet of the application.
 */
export class StreamListener {
  readonly #options: StreamListenerOptions;
  readonly #server: Server;
  /** Never listens itself; a new one for each generation of the context, so that a connection knows under which it began. */
  #tlsServer: TlsServer | undefined;
  readonly #handshakes = new Handshakes();
  #isClosed = false;

  constructor(options: StreamListenerOptions) {
    this.#options = options;
    this.#server = createTcpServer(SOCKET_OPTIONS);
    this.#server.on("connection", (socket) => this.#connected(socket));
    if (options.protocol === "tcp") return;
    this.#tlsServer = this.#newTlsServer();
    options.tls.onChange(() => this.#renew());
  }

  /** Settles when connections are accepted, with the port; rejects when the address cannot be had. */
  listen(): Promise<number> {
    return bind(this.#server, this.#options, this.#options);
  }

  /** Accepts no more. Handshakes under way fail or end at their time-out; connections taken over are their owner's. */
  close(): void {
    this.#isClosed = true;
    this.#server.close();
  }

  #newTlsServer(): TlsServer {
    const { tls } = this.#options;
    const { stamp } = tls;
    const server = createTlsServer({ ...hardened(tls.serverOptions()), handshakeTimeout: NEVER_MS });
    server.on("secureConnection", (socket) => {
      this.#handshakes.done(socket);
      if (this.#isClosed) socket.destroy();
      else this.#options.accepted({ protocol: "tls", socket, stamp });
    });
    server.on("tlsClientError", (error, socket) => {
      this.#handshakes.failed(socket, error);
      socket.destroy();
    });
    return server;
  }

  /** New handshakes get the new material; what cannot be used leaves the old in place. */
  #renew(): void {
    if (this.#isClosed) return;
    try {
      this.#tlsServer = this.#newTlsServer();
    } catch (error) {
      this.#options.log.error("tls.context-rejected", {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  #connected(socket: Socket): void {
    const { tally, log, accepted } = this.#options;
    const address = plainAddress(socket.remoteAddress ?? "");
    socket.on("error", (error) => log.debug("socket.failed", { remote: address, error: error.message }));
    if (tally.enter(address) === "full") {
      log.warn("connection.refused", { remote: address, rule: "too-many-connections" });
      socket.destroy();
      return;
    }
    socket.on("close", () => tally.leave(address));
    if (this.#tlsServer === undefined) accepted({ protocol: "tcp", socket });
    else this.#greet(socket, address);
  }

  /** Keeps what the client says first, so that a failure can tell what it offered, and puts it back for the TLS server. */
  #greet(socket: Socket, remoteAddress: string): void {
    const key = keyOf(socket);
    const { clock, handshakeTimeoutMs } = this.#options;
    const deadline = clock.after(handshakeTimeoutMs, () => {
      this.#handshakes.late(key);
      socket.destroy();
    });
    socket.once("readable", () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return;
      this.#handshakes.begin(socket, { first, deadline });
      socket.unshift(first);
      // The documented way to hand a socket to a TLS server that does not listen itself.
      this.#tlsServer?.emit("connection", socket);
    });
    socket.on("close", () => {
      deadline.cancel();
      const ended = this.#handshakes.ended(key);
      if (ended === undefined || this.#isClosed) return;
      const { failure, offer } = ended;
      const { context } = this.#options.tls.stamp;
      const offered = offer === undefined ? {} : { offer };
      this.#options.handshakeFailed({ direction: "inbound", remoteAddress, failure, context, ...offered });
    });
  }
}

/**
 * Asks for a certificate and leaves the judgement to the gate. No session tickets and no renegotiation: a resumed session
 * would carry yesterday's verdict on a certificate past today's trust settings.
 */
function hardened(options: TlsOptions): TlsOptions {
  const secureOptions = (options.secureOptions ?? 0) | constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION;
  return { ...options, requestCert: true, rejectUnauthorized: false, secureOptions };
}
