import { createServer, type Server, type Socket } from "node:net";
import { type Broke, bind } from "@interpres/runtime";
import type { C2sServices } from "./c2s-services.ts";
import type { ClientConnections } from "./client-connections.ts";
import { TcpTransport } from "./tcp-transport.ts";

/** Where to listen; "direct-tls" clients begin with the handshake (XEP-0368), the others with a stream and STARTTLS. */
export interface C2sAddress {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly security: "starttls" | "direct-tls";
}

const KEEPALIVE_MS = 60_000;

/** Accepts clients over TCP, and ends them all on `close`. */
export class C2sListener {
  readonly #services: C2sServices;
  readonly #connections: ClientConnections;
  readonly #servers: Server[] = [];
  #isClosing = false;

  constructor(services: C2sServices, connections: ClientConnections) {
    this.#services = services;
    this.#connections = connections;
  }

  /**
   * Starts listening, after `close` too; rejects where the address cannot be had. May be called for several addresses. A
   * listener that breaks says so to `broke`; nothing but `close` ends it.
   */
  async listen(address: C2sAddress, broke: Broke): Promise<{ readonly port: number }> {
    const { log } = this.#services;
    this.#isClosing = false;
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS }, (socket) =>
      this.#accept(socket, address.security),
    );
    this.#servers.push(server);
    const port = await bind(server, address, { log, broke });
    log.info("clients.listening", { host: address.host, port, security: address.security });
    return { port };
  }

  /** Ends every session with `system-shutdown` and settles once all sockets are closed. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const closed = this.#servers
      .splice(0)
      .map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    await Promise.all([...closed, this.#connections.end("tls")]);
  }

  #accept(socket: Socket, security: C2sAddress["security"]): void {
    if (this.#isClosing || !this.#connections.mayCome(socket.remoteAddress ?? "")) {
      socket.destroy();
      return;
    }
    const connection = this.#connections.accept((owner) => new TcpTransport(socket, owner, this.#services));
    if (security === "direct-tls") connection.secureNow();
  }
}
