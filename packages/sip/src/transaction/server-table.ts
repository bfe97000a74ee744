import { type Clock, type Logger, type Random, Tally } from "@interpres/runtime";
import { buildResponse } from "../message/build-response.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { MessageProblem } from "../message/message-problem.ts";
import type { Connection } from "../transport/connection.ts";
import type { Overload, RequestGate } from "../transport/request-gate.ts";
import type { SipTransport } from "../transport/sip-transport.ts";
import type { HeaderLine } from "./answer.ts";
import { comeBackAfter, overloadOf } from "./overload.ts";
import { reply } from "./reply.ts";
import { ServerExchange, type ServerExchangePorts } from "./server-exchange.ts";
import type { TransactionTimers } from "./timers.ts";
import { mergeKey, serverKey } from "./transaction-key.ts";
import type { TransactionMeter } from "./transaction-meter.ts";
import type { TransactionSettings } from "./transaction-settings.ts";
import type { ServerTransaction } from "./transaction-user.ts";

export interface ServerTableParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly transport: SipTransport;
  readonly gate: RequestGate;
  readonly settings: TransactionSettings;
  readonly meter: TransactionMeter;
  timersFor(protocol: Connection["protocol"]): TransactionTimers;
  /** The request of ours that has come back in this one. */
  returned(request: SipRequest): SipRequest | undefined;
}

const ENDING: ReadonlySet<string> = new Set(["BYE", "CANCEL"]);

/** The living server transactions. New requests pass the gate before any state is made for them. */
export class ServerTable implements ServerExchangePorts {
  onRequest: (transaction: ServerTransaction) => void = ignore;
  onAcknowledgement: (request: SipRequest, connection: Connection) => void = ignore;
  readonly clock: Clock;
  readonly transport: SipTransport;
  readonly timersFor: (protocol: Connection["protocol"]) => TransactionTimers;
  readonly #parts: ServerTableParts;
  readonly #unanswered: ReadonlySet<string>;
  readonly #exchanges = new Map<string, ServerExchange>();
  readonly #tally: Tally;
  /** First of those that could merge (RFC 3261 §8.2.2.2); a subset of the exchanges, so bounded with them. */
  readonly #mergeable = new Map<string, ServerExchange>();

  constructor(parts: ServerTableParts) {
    this.clock = parts.clock;
    this.transport = parts.transport;
    this.timersFor = parts.timersFor;
    this.#parts = parts;
    const { maxServerTransactions: maximum, maxTransactionsOfOnePeer: maximumOfOne } = parts.settings;
    this.#tally = new Tally({ maximum, maximumOfOne });
    this.#unanswered = new Set(["ACK", ...parts.settings.unansweredMethods]);
  }

  get size(): number {
    return this.#exchanges.size;
  }

  /** Whether a request that came over the connection has no final answer yet. Looks at all of them: not for each message. */
  isAwaitedOn(connection: Connection): boolean {
    return this.#exchanges.values().some((exchange) => exchange.connection === connection && !exchange.hasFinal);
  }

  newTag(): string {
    return this.#parts.random.token();
  }

  isMerged(transaction: ServerTransaction): boolean {
    const { request } = transaction;
    if (request.to.tag !== undefined) return false;
    const other = this.#mergeable.get(mergeKey(request));
    return other !== undefined && other !== transaction;
  }

  request(request: SipRequest, connection: Connection): void {
    const key = serverKey(request);
    const known = this.#exchanges.get(key);
    if (request.method === "ACK") {
      this.#acknowledgement(request, connection, known);
      return;
    }
    if (known !== undefined) {
      known.repeated();
      return;
    }
    if (this.#isLoop(request, connection) || !this.#isAdmitted(request, connection)) return;
    if (this.#unanswered.has(request.method)) {
      this.#parts.meter.dropped("unanswered-method");
      return;
    }
    const peer = peerOf(connection);
    if (!this.#tally.hasRoomFor(peer) && !this.#makesRoom(request)) {
      this.#overloaded(request, connection, peer);
      return;
    }
    const transaction = this.#begin(key, request, connection);
    if (request.method === "CANCEL") this.#cancel(transaction);
    else this.onRequest(transaction);
  }

  /** Octets that are no message, or a message without its mandatory headers: answered without state (RFC 3261 §8.2.7). */
  problem(problem: MessageProblem, connection: Connection): void {
    const request = problem.message;
    this.#parts.log.debug("message.malformed", { reason: problem.reason, remote: connection.remoteAddress });
    if (request === undefined || this.#unanswered.has(request.method)) {
      this.#parts.meter.dropped("malformed");
      return;
    }
    this.#refuse(request, connection, { status: problem.status, reason: `${problem.reason}`, headers: [] });
  }

  answered(exchange: ServerExchange, response: SipResponse): void {
    this.#count(exchange.request, exchange.connection, response.status);
  }

  acknowledged(request: SipRequest, connection: Connection): void {
    this.onAcknowledgement(request, connection);
  }

  ended(exchange: ServerExchange): void {
    this.#exchanges.delete(exchange.key);
    this.#tally.leave(exchange.peer);
    if (exchange.mergeKey !== undefined && this.#mergeable.get(exchange.mergeKey) === exchange) {
      this.#mergeable.delete(exchange.mergeKey);
    }
  }

  stop(): void {
    for (const exchange of this.#exchanges.values()) exchange.stop();
  }

  #begin(key: string, request: SipRequest, connection: Connection): ServerExchange {
    const merge = request.to.tag === undefined ? mergeKey(request) : undefined;
    const peer = peerOf(connection);
    const exchange = new ServerExchange({ key, mergeKey: merge, request, connection, peer }, this);
    this.#exchanges.set(key, exchange);
    this.#tally.add(peer);
    if (merge !== undefined && !this.#mergeable.has(merge)) this.#mergeable.set(merge, exchange);
    exchange.start();
    return exchange;
  }

  /** An ACK matches its INVITE (RFC 3261 §17.2.3), or is for a 2xx and goes to the user; it is never answered. */
  #acknowledgement(request: SipRequest, connection: Connection, known: ServerExchange | undefined): void {
    if (known !== undefined) {
      known.acknowledge(request, connection);
      return;
    }
    if (this.#isAdmitted(request, connection)) this.onAcknowledgement(request, connection);
  }

  /** RFC 3261 §9.2: 481 without a match; else 200, and 487 to an INVITE that has no final answer yet. */
  #cancel(cancel: ServerExchange): void {
    const invite = this.#exchanges.get(serverKey(cancel.request, "INVITE"));
    if (invite === undefined) {
      cancel.respond(buildResponse(cancel.request, 481, { toTag: cancel.toTag }));
      return;
    }
    cancel.respond(buildResponse(cancel.request, 200, { toTag: invite.toTag }));
    if (invite.hasFinal) return;
    invite.respond(buildResponse(invite.request, 487, { toTag: invite.toTag }));
    invite.user?.cancelled?.();
  }

  #isAdmitted(request: SipRequest, connection: Connection): boolean {
    const verdict = this.#parts.gate.admit(request, connection);
    switch (verdict.kind) {
      case "admit":
        return true;
      case "drop":
        this.#parts.meter.dropped(verdict.rule);
        return false;
      case "refuse": {
        if (this.#unanswered.has(request.method)) {
          this.#parts.meter.dropped(verdict.rule);
          return false;
        }
        const { status, reason, retryAfterSeconds } = verdict;
        const headers: HeaderLine[] = retryAfterSeconds === undefined ? [] : [["Retry-After", `${retryAfterSeconds}`]];
        this.#refuse(request, connection, { status, reason, headers });
        return false;
      }
    }
  }

  /** Before anybody wonders at whose name it comes in: it is our own. RFC 5393 §4.2.2. */
  #isLoop(request: SipRequest, connection: Connection): boolean {
    const own = request.method === "CANCEL" ? undefined : this.#parts.returned(request);
    if (own === undefined) return false;
    this.#refuse(request, connection, { status: 482, reason: undefined, headers: [] });
    this.#parts.gate.returned?.(request, connection);
    return true;
  }

  /** What ends something else is taken beyond the bounds, up to twice of them: refusing it would keep more alive. */
  #makesRoom({ method }: SipRequest): boolean {
    return ENDING.has(method) && this.#tally.total < this.#tally.limits.maximum * 2;
  }

  #overloaded(request: SipRequest, connection: Connection, peer: string): void {
    const overload = overloadOf(this.#tally, { bound: "transactions", peer, now: this.clock.now() });
    this.#refuse(request, connection, { status: 503, reason: undefined, headers: comeBackAfter(overload) });
    this.#parts.gate.overloaded?.(request, overload);
  }

  /** A bound further up: answers 503. */
  overloaded(transaction: ServerTransaction, overload: Overload): void {
    reply(transaction, 503, { headers: comeBackAfter(overload) });
    this.#parts.gate.overloaded?.(transaction.request, overload);
  }

  /** Without state: a repeat is refused again. */
  #refuse(request: SipRequest, connection: Connection, refusal: Refusal): void {
    const { status, reason, headers } = refusal;
    const toTag = this.newTag();
    const response = buildResponse(request, status, { toTag, headers, ...(reason === undefined ? {} : { reason }) });
    this.#count(request, connection, status);
    this.transport.sendResponse(response, connection);
  }

  #count(request: SipRequest, connection: Connection, status: number): void {
    this.#parts.meter.request("inbound", request, { result: status, peer: connection.identity?.label ?? "unknown" });
  }
}

/** Whose share of the table a connection's requests take. */
function peerOf({ identity, remoteAddress }: Connection): string {
  return identity?.label ?? remoteAddress;
}

interface Refusal {
  readonly status: number;
  readonly reason: string | undefined;
  readonly headers: readonly HeaderLine[];
}

function ignore(): void {
  return;
}
