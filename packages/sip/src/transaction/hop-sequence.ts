import type { SipRequest, SipResponse } from "../message/message.ts";
import type { NextHop } from "../transport/next-hop-selector.ts";
import { cancelOf } from "./acknowledge.ts";
import type { ClientExchange, ExchangeOwner } from "./client-exchange.ts";
import type { ClientTransaction, ClientTransactionUser } from "./transaction-user.ts";

/** Makes and starts an exchange: `branch` undefined draws a new one and adds our Via. */
export interface ExchangeStarter {
  start(request: SipRequest, hop: NextHop, owner: ExchangeOwner): ClientExchange;
  /** For a request that already has its Via. */
  startOnSameBranch(request: SipRequest, hop: NextHop, owner: ExchangeOwner): ClientExchange;
  /** The hop answered 503. */
  unavailable(hop: NextHop, response: SipResponse): void;
}

const quiet: ExchangeOwner = { provisional: ignore, final: ignore, failed: ignore };

/**
 * One request over the hops in turn: the next one with a new branch after a transport failure, a 503 or a timeout
 * (RFC 3263 §4.3). Once a provisional response came or the user cancelled, a hop keeps the request.
 */
export class HopSequence implements ClientTransaction, ExchangeOwner {
  readonly #bare: SipRequest;
  readonly #hops: readonly NextHop[];
  readonly #user: ClientTransactionUser;
  readonly #starter: ExchangeStarter;
  #position = 0;
  #exchange: ClientExchange;
  #cancelling: "no" | "wanted" | "sent" = "no";

  constructor(request: SipRequest, hops: readonly [NextHop, ...NextHop[]], parts: HopSequenceParts) {
    this.#bare = request;
    this.#hops = hops;
    this.#user = parts.user;
    this.#starter = parts.starter;
    this.#exchange = this.#starter.start(request, hops[0], this);
  }

  get request(): SipRequest {
    return this.#exchange.request;
  }

  get hop(): NextHop {
    return this.#exchange.hop;
  }

  cancel(): void {
    if (this.#cancelling !== "no" || this.request.method !== "INVITE") return;
    this.#cancelling = "wanted";
    if (this.#exchange.state === "proceeding") this.#sendCancel();
  }

  provisional(response: SipResponse): void {
    if (this.#cancelling === "wanted") this.#sendCancel();
    this.#user.provisional?.(response);
  }

  final(response: SipResponse): void {
    if (response.status === 503) {
      this.#starter.unavailable(this.hop, response);
      if (this.#tryNext()) return;
    }
    this.#user.final(response, this.hop);
  }

  failed(cause: "timeout" | "transport", detail: string): void {
    if (this.#tryNext()) return;
    this.#user.failed(cause, detail);
  }

  #tryNext(): boolean {
    const next = this.#hops[this.#position + 1];
    if (next === undefined || this.#cancelling !== "no") return false;
    this.#position += 1;
    this.#exchange = this.#starter.start(this.#bare, next, this);
    return true;
  }

  #sendCancel(): void {
    this.#cancelling = "sent";
    const { request, hop } = this.#exchange;
    this.#starter.startOnSameBranch(cancelOf(request), hop, quiet);
    this.#exchange.input({ kind: "cancelled" });
  }
}

export interface HopSequenceParts {
  readonly user: ClientTransactionUser;
  readonly starter: ExchangeStarter;
}

function ignore(): void {
  return;
}
