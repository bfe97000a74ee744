import { createServer, type Server, type Socket } from "node:net";
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

  /** Starts listening, after `close` too; rejects where the address cannot be had. May be called for several addresses. */
  listen(address: C2sAddress): Promise<{ readonly port: number }> {
    this.#isClosing = false;
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS }, (socket) =>
      this.#accept(socket, address.security),
    );
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(address.port, address.host, () => {
        server.off("error", reject);
        const bound = server.address();
        const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
        this.#services.log.info("clients.listening", { host: address.host, port, security: address.security });
        resolve({ port });
      });
    });
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
