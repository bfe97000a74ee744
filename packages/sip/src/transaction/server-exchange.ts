import type { Clock, Timer } from "@interpres/runtime";
import { buildResponse } from "../message/build-response.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Connection } from "../transport/connection.ts";
import type { SipTransport } from "../transport/sip-transport.ts";
import { type State as InviteState, inviteServer } from "./invite-server.ts";
import { type State as NonInviteState, nonInviteServer } from "./non-invite-server.ts";
import type { ServerEffect, ServerInput, ServerTimer } from "./server-machine.ts";
import type { TransactionTimers } from "./timers.ts";
import type { ServerTransaction, ServerTransactionUser } from "./transaction-user.ts";

/** What a server transaction needs of the layer that keeps the table. */
export interface ServerExchangePorts {
  readonly clock: Clock;
  readonly transport: SipTransport;
  timersFor(protocol: Connection["protocol"]): TransactionTimers;
  newTag(): string;
  answered(exchange: ServerExchange, response: SipResponse): void;
  acknowledged(request: SipRequest, connection: Connection): void;
  ended(exchange: ServerExchange): void;
}

export interface ServerExchangeInit {
  readonly key: string;
  readonly mergeKey: string | undefined;
  readonly request: SipRequest;
  readonly connection: Connection;
  /** Whose share of the table it takes. */
  readonly peer: string;
}

type AnyState = InviteState | NonInviteState;

/** One server transaction: runs the machine of its method, owns its timers, sends. */
export class ServerExchange implements ServerTransaction {
  readonly key: string;
  readonly mergeKey: string | undefined;
  readonly request: SipRequest;
  readonly connection: Connection;
  readonly peer: string;
  user: ServerTransactionUser | undefined;
  readonly #ports: ServerExchangePorts;
  readonly #timers: TransactionTimers;
  #state: AnyState = { name: "terminated" };
  #retransmission: Timer | undefined;
  #deadline: Timer | undefined;
  #toTag: string | undefined;
  #hasFinal = false;

  constructor(init: ServerExchangeInit, ports: ServerExchangePorts) {
    this.key = init.key;
    this.mergeKey = init.mergeKey;
    this.request = init.request;
    this.connection = init.connection;
    this.peer = init.peer;
    this.#ports = ports;
    this.#timers = ports.timersFor(init.connection.protocol);
  }

  get hasFinal(): boolean {
    return this.#hasFinal;
  }

  get toTag(): string {
    this.#toTag ??= this.request.to.tag ?? this.#ports.newTag();
    return this.#toTag;
  }

  start(): void {
    const machine = this.#isInvite ? inviteServer : nonInviteServer;
    this.#run(machine.start(this.#timers));
  }

  respond(response: SipResponse): void {
    this.input({ kind: "respond", response });
  }

  repeated(): void {
    this.input({ kind: "repeated" });
  }

  input(input: ServerInput): void {
    const state = this.#state;
    this.#run(
      this.#isInvite
        ? inviteServer.step(state as InviteState, input, this.#timers)
        : nonInviteServer.step(state as NonInviteState, input, this.#timers),
    );
  }

  /** An ACK that matches: absorbed, or passed up when our final answer was a 2xx. */
  acknowledge(request: SipRequest, connection: Connection): void {
    this.#acknowledgement = { request, connection };
    this.input({ kind: "acknowledged" });
    this.#acknowledgement = undefined;
  }

  #acknowledgement: { readonly request: SipRequest; readonly connection: Connection } | undefined;

  get #isInvite(): boolean {
    return this.request.method === "INVITE";
  }

  /** Over without a word. */
  stop(): void {
    this.#state = { name: "terminated" };
    this.#end();
  }

  #run(next: { readonly state: AnyState; readonly effects: readonly ServerEffect[] }): void {
    const wasOver = this.#state.name === "terminated";
    this.#state = next.state;
    if (!wasOver && next.state.name === "terminated") this.#end();
    for (const effect of next.effects) this.#apply(effect);
  }

  #apply(effect: ServerEffect): void {
    switch (effect.kind) {
      case "send":
        this.#send(effect.response);
        return;
      case "send-trying":
        this.#ports.transport.sendResponse(buildResponse(this.request, 100, {}), this.connection);
        return;
      case "pass-acknowledgement":
        this.#passAcknowledgement();
        return;
      case "fail":
        this.user?.unacknowledged?.();
        return;
      case "start":
        this.#startTimer(effect.timer, effect.delayMs);
        return;
      case "stop":
        this.#stopTimer(effect.timer);
        return;
    }
  }

  #send(response: SipResponse): void {
    if (response.status >= 200 && !this.#hasFinal) {
      this.#hasFinal = true;
      this.#ports.answered(this, response);
    }
    this.#ports.transport.sendResponse(response, this.connection);
  }

  #passAcknowledgement(): void {
    const acknowledgement = this.#acknowledgement;
    if (acknowledgement !== undefined) this.#ports.acknowledged(acknowledgement.request, acknowledgement.connection);
  }

  #startTimer(timer: ServerTimer, delayMs: number): void {
    const running = this.#ports.clock.after(delayMs, () => this.input({ kind: "timer", timer }));
    this.#stopTimer(timer);
    if (timer === "G") this.#retransmission = running;
    else this.#deadline = running;
  }

  #stopTimer(timer: ServerTimer): void {
    if (timer === "G") this.#retransmission?.cancel();
    else this.#deadline?.cancel();
  }

  #end(): void {
    this.#retransmission?.cancel();
    this.#deadline?.cancel();
    this.#ports.ended(this);
  }
}
