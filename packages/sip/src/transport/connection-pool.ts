import type { Clock, Resolver } from "@interpres/runtime";
import { LRUCache } from "lru-cache";
import type { ConnectionVerdict, FailedHandshake } from "./connection-gate.ts";
import { type Dialled, dial } from "./dial.ts";
import { addressesOf } from "./host-addresses.ts";
import type { NextHop } from "./next-hop-selector.ts";
import type { TransportFailure } from "./sip-transport.ts";
import type { StreamConnection } from "./stream-connection.ts";
import type { TlsContextSource } from "./tls-context-source.ts";
import type { TransportSettings } from "./transport-settings.ts";

/** A message on its way to a hop. Exactly one of the two is called, once. */
export interface Delivery {
  readonly hop: NextHop;
  /** Sends on the connection it is given. */
  ready(connection: StreamConnection): void;
  failed(failure: TransportFailure): void;
}

export interface PoolPorts {
  readonly clock: Clock;
  readonly resolver: Resolver;
  readonly tls: TlsContextSource;
  readonly settings: TransportSettings;
  /** May this address be connected to for this hop; asked for each resolved address right before it is tried. */
  readonly addressPolicy: (address: string, hop: NextHop) => boolean;
  /** What the gate says of a connected socket, for one hop. */
  readonly judge: (dialled: Dialled, hop: NextHop) => ConnectionVerdict;
  /** Makes the socket a connection whose owner is the transport layer. */
  readonly adopt: (dialled: Dialled, hop: NextHop, verdict: ConnectionVerdict) => StreamConnection;
  readonly handshakeFailed: (failed: FailedHandshake) => void;
  /** The gate's word on an open connection for one more hop. */
  readonly judgeAgain: (connection: StreamConnection, hop: NextHop) => ConnectionVerdict;
}

/** All connections to one host, port and protocol, and those that wait for the next. */
interface Line {
  readonly connections: Set<StreamConnection>;
  readonly waiting: Delivery[];
  isDialling: boolean;
}

interface Judged {
  readonly delivery: Delivery;
  readonly verdict: ConnectionVerdict;
}

/** For how many hops a connection remembers what the gate said. */
const MAXIMUM_VERDICTS = 1_000;

/**
 * Outbound connections, kept and shared. A connection carries requests for a hop only if the gate admits its certificate
 * for that hop (RFC 5923 §8.1). Hops with the same host, port
 * and protocol that ask at once wait for one connection.
 */
export class ConnectionPool {
  readonly #ports: PoolPorts;
  readonly #lines = new Map<string, Line>();
  readonly #keys = new Map<StreamConnection, string>();
  #verdicts = new WeakMap<StreamConnection, LRUCache<string, ConnectionVerdict>>();
  #connections = 0;
  #isClosed = false;

  constructor(ports: PoolPorts) {
    this.#ports = ports;
  }

  /** Open ones and those being opened. */
  get size(): number {
    return this.#connections;
  }

  deliver(delivery: Delivery): void {
    if (this.#isClosed) {
      this.#fail([delivery], "shut-down", "shutting down");
      return;
    }
    const line = this.#lineOf(delivery.hop);
    const connection = this.#usable(line, delivery.hop);
    if (connection === undefined) this.#wait(line, delivery);
    else delivery.ready(connection);
  }

  /** Told of every connection that closed. */
  forget(connection: StreamConnection): void {
    const key = this.#keys.get(connection);
    const line = key === undefined ? undefined : this.#lines.get(key);
    if (key === undefined || line === undefined) return;
    this.#keys.delete(connection);
    line.connections.delete(connection);
    this.#connections -= 1;
    this.#drop(key, line);
  }

  /** The trust settings changed: what the gate said before does not count. */
  forgetVerdicts(): void {
    this.#verdicts = new WeakMap();
  }

  /** Takes deliveries again after `close`. */
  reopen(): void {
    this.#isClosed = false;
  }

  /** Fails what waits, and whatever comes until `reopen`; open connections are their owner's to close. */
  close(): void {
    this.#isClosed = true;
    for (const line of this.#lines.values()) this.#fail(line.waiting.splice(0), "shut-down", "shutting down");
  }

  #wait(line: Line, delivery: Delivery): void {
    if (line.waiting.length >= this.#ports.settings.maximumWaiting) {
      this.#fail([delivery], "queue-full", "too many requests wait for this connection");
      return;
    }
    line.waiting.push(delivery);
    if (!line.isDialling) this.#open(line, delivery.hop);
  }

  #lineOf(hop: NextHop): Line {
    const key = keyOf(hop);
    const found = this.#lines.get(key);
    if (found !== undefined) return found;
    const line: Line = { connections: new Set(), waiting: [], isDialling: false };
    this.#lines.set(key, line);
    return line;
  }

  #usable(line: Line, hop: NextHop): StreamConnection | undefined {
    for (const connection of line.connections) {
      const mayCarry = connection.isOpen && !connection.isRetired;
      if (mayCarry && this.#verdictOn(connection, hop).kind === "admit") return connection;
    }
    return undefined;
  }

  #verdictOn(connection: StreamConnection, hop: NextHop): ConnectionVerdict {
    const verdicts =
      this.#verdicts.get(connection) ?? new LRUCache<string, ConnectionVerdict>({ max: MAXIMUM_VERDICTS });
    this.#verdicts.set(connection, verdicts);
    const key = JSON.stringify([hop.domain, hop.expectedNames]);
    const known = verdicts.get(key) ?? this.#ports.judgeAgain(connection, hop);
    verdicts.set(key, known);
    return known;
  }

  /** Looks up the host and tries its addresses until one connects. `hop` is that of the delivery that asked first. */
  #open(line: Line, hop: NextHop): void {
    if (this.#connections >= this.#ports.settings.maximumOutboundConnections) {
      this.#failLine(line, hop, { cause: "queue-full", hop, detail: "too many outbound connections" });
      return;
    }
    line.isDialling = true;
    this.#connections += 1;
    addressesOf(hop.host, this.#ports.resolver).then(
      (found) => {
        if (found.kind === "addresses") this.#try(line, hop, found.addresses);
        else this.#settle(line, hop, { cause: "name-not-found", hop, detail: found.reason });
      },
      (error: unknown) => this.#settle(line, hop, { cause: "name-not-found", hop, detail: String(error) }),
    );
  }

  #try(line: Line, hop: NextHop, addresses: readonly string[]): void {
    const { clock, tls, settings, addressPolicy, handshakeFailed } = this.#ports;
    const [address, ...others] = addresses;
    if (address === undefined) return;
    const failed = (failure: TransportFailure): void => {
      if (others.length > 0 && !this.#isClosed) this.#try(line, hop, others);
      else this.#settle(line, hop, failure);
    };
    if (!addressPolicy(address, hop)) {
      failed({ cause: "address-not-allowed", hop, detail: `${address} is not to be connected to` });
      return;
    }
    const ports = { clock, tls, timeoutMs: settings.connectTimeoutMs, handshakeFailed };
    dial({ hop, address }, ports, { connected: (dialled) => this.#connected(line, hop, dialled), failed });
  }

  /** No connection came of it. */
  #settle(line: Line, hop: NextHop, failure: TransportFailure): void {
    this.#connections -= 1;
    line.isDialling = false;
    this.#failLine(line, hop, failure);
  }

  #failLine(line: Line, hop: NextHop, failure: TransportFailure): void {
    const waiting = line.waiting.splice(0);
    this.#drop(keyOf(hop), line);
    for (const delivery of waiting) delivery.failed({ ...failure, hop: delivery.hop });
  }

  /** The connection serves whom the gate admits it for; nobody else waits for another of the same certificate. */
  #connected(line: Line, hop: NextHop, dialled: Dialled): void {
    line.isDialling = false;
    const waiting = line.waiting.splice(0);
    const judged = waiting.map((delivery) => ({ delivery, verdict: this.#ports.judge(dialled, delivery.hop) }));
    const first = this.#isClosed ? undefined : judged.find(({ verdict }) => verdict.kind === "admit");
    const connection = first === undefined ? undefined : this.#adopt(line, dialled, first);
    if (connection === undefined) {
      dialled.socket.destroy();
      this.#connections -= 1;
      this.#drop(keyOf(hop), line);
    }
    for (const { delivery, verdict } of judged) {
      if (verdict.kind === "refuse") delivery.failed(refusal(delivery.hop, verdict.rule));
      else if (connection === undefined) this.#fail([delivery], "shut-down", "shutting down");
      else delivery.ready(connection);
    }
  }

  #adopt(line: Line, dialled: Dialled, { delivery, verdict }: Judged): StreamConnection {
    const connection = this.#ports.adopt(dialled, delivery.hop, verdict);
    line.connections.add(connection);
    this.#keys.set(connection, keyOf(delivery.hop));
    return connection;
  }

  #drop(key: string, line: Line): void {
    if (line.connections.size === 0 && line.waiting.length === 0 && !line.isDialling) this.#lines.delete(key);
  }

  #fail(deliveries: readonly Delivery[], cause: TransportFailure["cause"], detail: string): void {
    for (const delivery of deliveries) delivery.failed({ cause, hop: delivery.hop, detail });
  }
}

function refusal(hop: NextHop, rule: string): TransportFailure {
  return { cause: "identity-refused", hop, detail: "the certificate does not prove the next hop", rule };
}

function keyOf(hop: NextHop): string {
  return `${hop.protocol} ${hop.host.toLowerCase()} ${hop.port}`;
}
