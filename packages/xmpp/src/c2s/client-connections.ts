import type { Metrics } from "@interpres/runtime";
import { C2sConnection, type ConnectionObserver, type OpenTransport } from "./c2s-connection.ts";
import type { C2sServices } from "./c2s-services.ts";
import type { C2sSession } from "./c2s-session.ts";
import type { ClientTransport } from "./client-transport.ts";
import { ResumableSessions } from "./resumable-sessions.ts";

/**
 * The client connections of all listeners, so that one bound holds for those who have not shown who they are, and a session
 * may be resumed over another transport than it began on.
 */
export class ClientConnections {
  readonly #services: C2sServices;
  readonly #resumable = new ResumableSessions<C2sSession>();
  /** Each with what settles once it is gone. */
  readonly #connections = new Map<C2sConnection, PromiseWithResolvers<void>>();
  /** Connections without a bound resource, and how many there are from each address. */
  readonly #unbound = new Map<C2sConnection, string>();
  readonly #unboundByAddress = new Map<string, number>();
  readonly #observer: ConnectionObserver;

  constructor(services: C2sServices, metrics: Metrics) {
    this.#services = services;
    const attempts = metrics.counter("interpres_xmpp_authentications_total", "SASL exchanges of clients that ended", [
      "mechanism",
      "result",
    ]);
    metrics.gauge("interpres_xmpp_connections", "Client connections open", () => this.size);
    this.#observer = {
      bound: (connection) => this.#forgetUnbound(connection),
      authenticated: (mechanism, result) => attempts.add({ mechanism, result }),
      closed: (connection) => this.#closed(connection),
    };
  }

  /** Open connections, bound or not. */
  get size(): number {
    return this.#connections.size;
  }

  /** Whether one more may come from there; who may not is logged. */
  mayCome(address: string): boolean {
    const { maxUnbound, maxUnboundPerAddress } = this.#services.settings;
    const fromAddress = this.#unboundByAddress.get(address) ?? 0;
    if (this.#unbound.size < maxUnbound && fromAddress < maxUnboundPerAddress) return true;
    this.#services.log.warn("client.turned-away", { address });
    return false;
  }

  /** Takes a client that may come. */
  accept(open: OpenTransport): C2sConnection {
    const ports = { services: this.#services, resumable: this.#resumable };
    const connection = new C2sConnection(open, this.#observer, ports);
    const address = connection.remoteAddress;
    this.#connections.set(connection, Promise.withResolvers());
    this.#unbound.set(connection, address);
    this.#unboundByAddress.set(address, (this.#unboundByAddress.get(address) ?? 0) + 1);
    return connection;
  }

  /** Ends what goes, or last went, over that transport with `system-shutdown`; settles once those connections are gone. */
  async end(transport: ClientTransport["kind"]): Promise<void> {
    const ending = [...this.#connections.keys()].filter((connection) => connection.transport === transport);
    const gone = ending.map((connection) => this.#connections.get(connection)?.promise);
    for (const session of this.#resumable.all())
      if (session.facts.transport === transport) session.close("system-shutdown");
    for (const connection of ending) connection.shutDown();
    await Promise.all(gone);
  }

  #closed(connection: C2sConnection): void {
    this.#forgetUnbound(connection);
    this.#connections.get(connection)?.resolve();
    this.#connections.delete(connection);
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
