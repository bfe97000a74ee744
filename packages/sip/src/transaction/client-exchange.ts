import type { Clock, Timer } from "@interpres/runtime";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Connection } from "../transport/connection.ts";
import type { NextHop } from "../transport/next-hop-selector.ts";
import type { SipTransport } from "../transport/sip-transport.ts";
import { acknowledgeRefusal } from "./acknowledge.ts";
import type { ClientEffect, ClientInput, ClientTimer } from "./client-machine.ts";
import { type State as InviteState, inviteClient } from "./invite-client.ts";
import { type State as NonInviteState, nonInviteClient } from "./non-invite-client.ts";
import type { TransactionTimers } from "./timers.ts";

/** Whoever started the exchange. */
export interface ExchangeOwner {
  provisional(response: SipResponse): void;
  final(response: SipResponse): void;
  failed(cause: "timeout" | "transport", detail: string): void;
}

/** What the exchange needs of the layer that keeps the table. */
export interface ExchangePorts {
  readonly clock: Clock;
  readonly transport: SipTransport;
  timersFor(protocol: NextHop["protocol"]): TransactionTimers;
  sent(exchange: ClientExchange, connection: Connection): void;
  ended(exchange: ClientExchange): void;
}

export interface ExchangeInit {
  /** Its key in the layer's table. */
  readonly key: string;
  /** With its Via. */
  readonly request: SipRequest;
  readonly hop: NextHop;
}

type AnyState = InviteState | NonInviteState;

/** One client transaction on one hop: runs the machine of its method, owns its timers, sends. */
export class ClientExchange {
  readonly key: string;
  readonly request: SipRequest;
  readonly hop: NextHop;
  connection: Connection | undefined;
  readonly #owner: ExchangeOwner;
  readonly #ports: ExchangePorts;
  #timers: TransactionTimers;
  #state: AnyState = { name: "terminated" };
  #retransmission: Timer | undefined;
  #deadline: Timer | undefined;
  #detail = "";

  constructor(init: ExchangeInit, owner: ExchangeOwner, ports: ExchangePorts) {
    this.key = init.key;
    this.request = init.request;
    this.hop = init.hop;
    this.#owner = owner;
    this.#ports = ports;
    this.#timers = ports.timersFor(init.hop.protocol);
  }

  get isOver(): boolean {
    return this.#state.name === "terminated";
  }

  get state(): AnyState["name"] {
    return this.#state.name;
  }

  start(): void {
    const machine = this.request.method === "INVITE" ? inviteClient : nonInviteClient;
    this.#run(machine.start(this.#timers));
  }

  input(input: ClientInput): void {
    const state = this.#state;
    this.#run(
      this.request.method === "INVITE"
        ? inviteClient.step(state as InviteState, input, this.#timers)
        : nonInviteClient.step(state as NonInviteState, input, this.#timers),
    );
  }

  /** The connection that carries it is gone (RFC 3261 §18.4). */
  connectionLost(): void {
    this.#detail = "connection lost";
    this.input({ kind: "transport-failed" });
  }

  /** Over without a word. */
  stop(): void {
    this.#state = { name: "terminated" };
    this.#end();
  }

  #run(next: { readonly state: AnyState; readonly effects: readonly ClientEffect[] }): void {
    const wasOver = this.isOver;
    this.#state = next.state;
    if (!wasOver && this.isOver) this.#end();
    for (const effect of next.effects) this.#apply(effect);
  }

  #apply(effect: ClientEffect): void {
    switch (effect.kind) {
      case "send":
        this.#send();
        return;
      case "acknowledge":
        this.#ports.transport.sendRequest(acknowledgeRefusal(this.request, effect.response), this.hop, ignore);
        return;
      case "pass":
        if (effect.response.status < 200) this.#owner.provisional(effect.response);
        else this.#owner.final(effect.response);
        return;
      case "fail":
        this.#owner.failed(effect.cause, this.#detail);
        return;
      case "start":
        this.#startTimer(effect.timer, effect.delayMs);
        return;
      case "stop":
        this.#stopTimer(effect.timer);
        return;
    }
  }

  #send(): void {
    let isStarting = true;
    this.#ports.transport.sendRequest(
      this.request,
      this.hop,
      (failure) => {
        this.#detail = `${failure.cause}: ${failure.detail}`;
        // Whoever started us does not have the transaction in hand yet.
        if (isStarting) this.#ports.clock.after(0, () => this.input({ kind: "transport-failed" }));
        else this.input({ kind: "transport-failed" });
      },
      (connection) => this.#wasSent(connection),
    );
    isStarting = false;
  }

  #wasSent(connection: Connection): void {
    if (this.isOver || this.connection === connection) return;
    this.connection = connection;
    // A request too large for UDP went by TCP (RFC 3261 §18.1.1).
    if (connection.protocol !== this.hop.protocol) {
      this.#timers = this.#ports.timersFor(connection.protocol);
      if (!this.#timers.retransmit) this.#retransmission?.cancel();
    }
    this.#ports.sent(this, connection);
  }

  #startTimer(timer: ClientTimer, delayMs: number): void {
    const running = this.#ports.clock.after(delayMs, () => this.input({ kind: "timer", timer }));
    this.#stopTimer(timer);
    if (isRetransmission(timer)) this.#retransmission = running;
    else this.#deadline = running;
  }

  #stopTimer(timer: ClientTimer): void {
    if (isRetransmission(timer)) this.#retransmission?.cancel();
    else this.#deadline?.cancel();
  }

  #end(): void {
    this.#retransmission?.cancel();
    this.#deadline?.cancel();
    this.#ports.ended(this);
  }
}

function isRetransmission(timer: ClientTimer): boolean {
  return timer === "A" || timer === "E";
}

/** An ACK has no one to complain to: a lost one is asked for again by the peer's repeat. */
function ignore(): void {
  return;
}
