import { type Clock, type Logger, type Random, Tally } from "@interpres/runtime";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { retryAfterOf } from "../message/retry-after.ts";
import type { Via } from "../message/via.ts";
import type { Connection } from "../transport/connection.ts";
import type { HopWatch, NextHop } from "../transport/next-hop-selector.ts";
import type { SipTransport } from "../transport/sip-transport.ts";
import { ClientExchange, type ExchangeOwner, type ExchangePorts } from "./client-exchange.ts";
import { type ExchangeStarter, HopSequence } from "./hop-sequence.ts";
import { type LocalIdentity, sentByOf } from "./local-identity.ts";
import type { TransactionTimers } from "./timers.ts";
import { clientKey, clientKeyOf } from "./transaction-key.ts";
import type { TransactionMeter } from "./transaction-meter.ts";
import type { TransactionSettings } from "./transaction-settings.ts";
import type { ClientTransaction, ClientTransactionUser } from "./transaction-user.ts";

export interface ClientTableParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly transport: SipTransport;
  readonly identity: LocalIdentity;
  readonly hops?: HopWatch;
  readonly settings: TransactionSettings;
  readonly meter: TransactionMeter;
  timersFor(protocol: NextHop["protocol"]): TransactionTimers;
}

const AWAITING: ReadonlySet<ClientExchange["state"]> = new Set(["calling", "trying", "proceeding"] as const);

/** The living client transactions, by branch, and by the connection that carries them. */
export class ClientTable implements ExchangeStarter, ExchangePorts {
  readonly clock: Clock;
  readonly transport: SipTransport;
  readonly timersFor: (protocol: NextHop["protocol"]) => TransactionTimers;
  readonly #parts: ClientTableParts;
  readonly #exchanges = new Map<string, ClientExchange>();
  readonly #tally: Tally;
  readonly #byConnection = new Map<Connection, Set<ClientExchange>>();

  constructor(parts: ClientTableParts) {
    this.clock = parts.clock;
    this.transport = parts.transport;
    this.timersFor = parts.timersFor;
    this.#parts = parts;
    const { maxClientTransactions: maximum, maxTransactionsOfOnePeer: maximumOfOne } = parts.settings;
    this.#tally = new Tally({ maximum, maximumOfOne });
  }

  get size(): number {
    return this.#exchanges.size;
  }

  request(request: SipRequest, hops: readonly NextHop[], user: ClientTransactionUser): ClientTransaction | undefined {
    const [first, ...others] = hops;
    if (first === undefined || !this.#tally.hasRoomFor(first.domain)) {
      const detail =
        first === undefined ? "no hop" : `too many transactions, ${this.#tally.of(first.domain)} of them there`;
      const { method, callId: correlationId } = request;
      this.#parts.log.warn("transaction.refused", { correlationId, method, detail });
      this.clock.after(0, () => user.failed("transport", detail));
      return undefined;
    }
    return new HopSequence(request, [first, ...others], {
      user: this.#metered(request, first.domain, user),
      starter: this,
    });
  }

  acknowledge(acknowledgement: SipRequest, hop: NextHop): void {
    const request = acknowledgement.with({ prepend: [["Via", this.#via(this.#branch(), hop)]] });
    this.transport.sendRequest(request, hop, () => this.#parts.meter.dropped("acknowledgement-unsent"));
  }

  response(response: SipResponse): void {
    const key = clientKeyOf(response);
    const exchange = key === undefined ? undefined : this.#exchanges.get(key);
    if (exchange === undefined || !isOurs(response, exchange.request)) {
      this.#parts.meter.dropped("stray-response");
      return;
    }
    exchange.input({ kind: "response", response });
  }

  /**
   * The request of ours that has come back in this one as it was sent: a Via of it has our sent-by and the branch of one
   * that is still under way, and the Request-URI is the same (RFC 5393 §4.2.2). Changed on its way it is a spiral.
   */
  returned(request: SipRequest): SipRequest | undefined {
    if (this.#exchanges.size === 0) return undefined;
    for (const via of request.vias) {
      const own = via.branch === undefined ? undefined : this.#exchanges.get(clientKey(via.branch, request.method));
      if (own !== undefined && own.request.requestUri === request.requestUri && isSentBy(via, own.request))
        return own.request;
    }
    return undefined;
  }

  /** Whether a request that was sent over the connection has no final response yet. */
  isAwaitedOn(connection: Connection): boolean {
    const exchanges = this.#byConnection.get(connection)?.values() ?? [];
    return Iterator.from(exchanges).some(({ state }) => AWAITING.has(state));
  }

  connectionClosed(connection: Connection): void {
    const exchanges = this.#byConnection.get(connection);
    this.#byConnection.delete(connection);
    for (const exchange of exchanges ?? []) exchange.connectionLost();
  }

  start(request: SipRequest, hop: NextHop, owner: ExchangeOwner): ClientExchange {
    const branch = this.#branch();
    const sent = request.with({ prepend: [["Via", this.#via(branch, hop)]] });
    return this.#begin(new ClientExchange({ key: clientKey(branch, request.method), request: sent, hop }, owner, this));
  }

  startOnSameBranch(request: SipRequest, hop: NextHop, owner: ExchangeOwner): ClientExchange {
    const key = clientKey(request.topVia.branch ?? "", request.method);
    return this.#begin(new ClientExchange({ key, request, hop }, owner, this));
  }

  unavailable(hop: NextHop, response: SipResponse): void {
    this.#parts.hops?.unavailable(hop, retryAfterOf(response));
  }

  sent(exchange: ClientExchange, connection: Connection): void {
    const others = this.#byConnection.get(connection);
    if (others === undefined) this.#byConnection.set(connection, new Set([exchange]));
    else others.add(exchange);
  }

  ended(exchange: ClientExchange): void {
    this.#exchanges.delete(exchange.key);
    this.#tally.leave(exchange.hop.domain);
    if (exchange.connection === undefined) return;
    const others = this.#byConnection.get(exchange.connection);
    others?.delete(exchange);
    if (others?.size === 0) this.#byConnection.delete(exchange.connection);
  }

  stop(): void {
    for (const exchange of this.#exchanges.values()) exchange.stop();
  }

  #begin(exchange: ClientExchange): ClientExchange {
    this.#exchanges.set(exchange.key, exchange);
    this.#tally.add(exchange.hop.domain);
    exchange.start();
    return exchange;
  }

  /** RFC 3261 §8.1.1.7: unique across space and time; unguessable, so that no stranger can answer. */
  #branch(): string {
    return `z9hG4bK${this.#parts.random.token()}`;
  }

  /** RFC 3261 §18.1.1; rport over UDP (RFC 3581 §3). */
  #via(branch: string, hop: NextHop): string {
    const here = this.#parts.identity.towards(hop.domain, hop.protocol);
    const protocol = hop.protocol.toUpperCase();
    const port = hop.protocol === "udp" ? ";rport" : "";
    return `SIP/2.0/${protocol} ${sentByOf(here)};branch=${branch}${port}`;
  }

  #metered(request: SipRequest, domain: string, user: ClientTransactionUser): ClientTransactionUser {
    const { meter } = this.#parts;
    return {
      provisional: (response) => user.provisional?.(response),
      final: (response, hop) => {
        meter.request("outbound", request, { result: response.status, peer: domain });
        user.final(response, hop);
      },
      failed: (cause, detail) => {
        meter.request("outbound", request, { result: cause, peer: domain });
        user.failed(cause, detail);
      },
    };
  }
}

/** RFC 3261 §18.1.2: sent-by must be as we sent it; §8.1.3.3: ours must be the only Via left. */
function isOurs(response: SipResponse, request: SipRequest): boolean {
  return isSentBy(response.topVia, request) && response.cseq.method === request.method && response.vias.length === 1;
}

/** RFC 3261 §18.1.2: host names compare without regard to case. */
function isSentBy(via: Via, { topVia }: SipRequest): boolean {
  const isHost = via.host === topVia.host || via.host.toLowerCase() === topVia.host.toLowerCase();
  return isHost && via.port === topVia.port;
}
