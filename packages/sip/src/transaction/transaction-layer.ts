import type { Clock, Logger, Metrics, Random } from "@interpres/runtime";
import { checkMandatory } from "../message/check-mandatory.ts";
import type { SipMessage, SipRequest } from "../message/message.ts";
import type { Connection } from "../transport/connection.ts";
import type { HopWatch, NextHop } from "../transport/next-hop-selector.ts";
import type { Overload, RequestGate } from "../transport/request-gate.ts";
import type { SipTransport } from "../transport/sip-transport.ts";
import { ClientTable } from "./client-table.ts";
import type { LocalIdentity } from "./local-identity.ts";
import { ServerTable } from "./server-table.ts";
import { reliabilityOf, type TransactionTimers, transactionTimers } from "./timers.ts";
import { TransactionMeter } from "./transaction-meter.ts";
import { defaultTransactionSettings, type TransactionSettings } from "./transaction-settings.ts";
import type { ClientTransaction, ClientTransactionUser, ServerTransaction } from "./transaction-user.ts";

export interface TransactionLayerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly transport: SipTransport;
  readonly gate: RequestGate;
  readonly identity: LocalIdentity;
  readonly hops?: HopWatch;
  readonly settings?: Partial<TransactionSettings>;
}

/** Matches messages to transactions (RFC 3261 §17), runs them, and sends what they say. */
export class TransactionLayer {
  readonly #log: Logger;
  readonly #clients: ClientTable;
  readonly #servers: ServerTable;

  constructor(parts: TransactionLayerParts) {
    const settings = { ...defaultTransactionSettings, ...parts.settings };
    const shared = { ...parts, settings, meter: new TransactionMeter(parts.metrics), timersFor: timersOf(settings) };
    this.#log = parts.log;
    this.#clients = new ClientTable(shared);
    this.#servers = new ServerTable({ ...shared, returned: (request) => this.#clients.returned(request) });
    parts.transport.onMessage((message, connection) => this.#message(message, connection));
    parts.transport.onProblem((problem, connection) => this.#servers.problem(problem, connection));
    parts.transport.onConnectionClosed((connection) => this.#clients.connectionClosed(connection));
  }

  /**
   * Sends a request that has no Via yet, over the hops in turn. The user is never called before this returns.
   * Without a hop, or with a full table, it fails as by transport.
   */
  request(request: SipRequest, hops: readonly NextHop[], user: ClientTransactionUser): ClientTransaction | undefined {
    return this.#clients.request(request, hops, user);
  }

  /** Sends an ACK for a 2xx: end to end, with a branch of its own and no transaction (RFC 3261 §13.2.2.4). */
  acknowledge(acknowledgement: SipRequest, hop: NextHop): void {
    this.#clients.acknowledge(acknowledgement, hop);
  }

  /** Each new request that the gate admits, once; ACK never. */
  onRequest(handler: (transaction: ServerTransaction) => void): void {
    this.#servers.onRequest = handler;
  }

  /** Each ACK that belongs to a 2xx. */
  onAcknowledgement(handler: (request: SipRequest, connection: Connection) => void): void {
    this.#servers.onAcknowledgement = handler;
  }

  /** Whether the same request is under way by another path (RFC 3261 §8.2.2.2). */
  isMerged(transaction: ServerTransaction): boolean {
    return this.#servers.isMerged(transaction);
  }

  /** Answers a request 503 with Retry-After, for a bound of whoever keeps more than transactions. */
  overloaded(transaction: ServerTransaction, overload: Overload): void {
    this.#servers.overloaded(transaction, overload);
  }

  /** Whether a request, ours or the peer's, waits on the connection for its final answer. */
  isUnderWay(connection: Connection): boolean {
    return this.#clients.isAwaitedOn(connection) || this.#servers.isAwaitedOn(connection);
  }

  /** Transactions alive now, for gauges and tests. */
  get size(): { readonly clients: number; readonly servers: number } {
    return { clients: this.#clients.size, servers: this.#servers.size };
  }

  /** Ends all transactions without a word to peers or users: the process, or the service, stops. */
  stop(): void {
    this.#clients.stop();
    this.#servers.stop();
  }

  /** A fault of ours in what a message led to must not take the connection with it. */
  #message(message: SipMessage, connection: Connection): void {
    try {
      this.#match(message, connection);
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log.error("message.handler-failed", { correlationId: message.callId, kind: message.kind, reason });
    }
  }

  #match(message: SipMessage, connection: Connection): void {
    const problem = checkMandatory(message);
    if (problem !== undefined) {
      this.#servers.problem(problem, connection);
      return;
    }
    if (message.kind === "response") this.#clients.response(message);
    else this.#servers.request(message, connection);
  }
}

function timersOf({ timers }: TransactionSettings): (protocol: NextHop["protocol"]) => TransactionTimers {
  const byReliability = {
    reliable: transactionTimers(timers, "reliable"),
    unreliable: transactionTimers(timers, "unreliable"),
  };
  return (protocol) => byReliability[reliabilityOf(protocol)];
}
