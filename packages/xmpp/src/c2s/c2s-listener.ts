import { createServer, type Server, type Socket } from "node:net";
import type { Metrics } from "@interpres/runtime";
import { C2sConnection, type ConnectionObserver } from "./c2s-connection.ts";
import type { C2sServices } from "./c2s-services.ts";
import type { C2sSession } from "./c2s-session.ts";
import { ResumableSessions } from "./resumable-sessions.ts";

/** Where to listen; "direct-tls" clients begin with the handshake (XEP-0368), the others with a stream and STARTTLS. */
export interface C2sAddress {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly security: "starttls" | "direct-tls";
}

const KEEPALIVE_MS = 60_000;

/** Accepts clients, within the bounds for those who have not shown who they are, and ends them all on `close`. */
export class C2sListener {
  readonly #services: C2sServices;
  readonly #resumable = new ResumableSessions<C2sSession>();
  readonly #servers: Server[] = [];
  readonly #connections = new Set<C2sConnection>();
  /** Connections without a bound resource, and how many there are from each address. */
  readonly #unbound = new Map<C2sConnection, string>();
  readonly #unboundByAddress = new Map<string, number>();
  readonly #observer: ConnectionObserver;
  #isClosing = false;

  constructor(services: C2sServices, metrics: Metrics) {
    this.#services = services;
    const attempts = metrics.counter("interpres_xmpp_authentications_total", "SASL exchanges of clients that ended", [
      "mechanism",
      "result",
    ]);
    metrics.gauge("interpres_xmpp_connections", "Client connections open", () => this.#connections.size);
    this.#observer = {
      bound: (connection) => this.#forgetUnbound(connection),
      authenticated: (mechanism, result) => attempts.add({ mechanism, result }),
      closed: (connection) => {
        this.#connections.delete(connection);
        this.#forgetUnbound(connection);
      },
    };
  }

  /** Open connections, bound or not. */
  get connectionCount(): number {
    return this.#connections.size;
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
    for (const session of this.#resumable.all()) session.close("system-shutdown");
    for (const connection of this.#connections) connection.shutDown();
    await Promise.all(closed);
  }

  #accept(socket: Socket, security: C2sAddress["security"]): void {
    const address = socket.remoteAddress ?? "";
    const { maxUnbound, maxUnboundPerAddress } = this.#services.settings;
    const fromAddress = this.#unboundByAddress.get(address) ?? 0;
    if (this.#isClosing || this.#unbound.size >= maxUnbound || fromAddress >= maxUnboundPerAddress) {
      this.#services.log.warn("client.turned-away", { address });
      socket.destroy();
      return;
    }
    const ports = { services: this.#services, resumable: this.#resumable };
    const connection = new C2sConnection(socket, this.#observer, ports);
    this.#connections.add(connection);
    this.#unbound.set(connection, address);
    this.#unboundByAddress.set(address, fromAddress + 1);
    if (security === "direct-tls") connection.secureNow();
  }

  #forgetUnbound(connection: C2sConnection): void {
    const address = this.#unbound.get(connection);
    if (address === undefined) return;
    this.#unbound.delete(connection);
    const left = (this.#unboundByAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#unboundByAddress.delete(address);
    else this.#unboundByAddress.set(address, left);
  }
}
