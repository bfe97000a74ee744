import type { Logger, Random, Timer } from "@interpres/runtime";
import type { StreamErrorCondition } from "../stream/stream-error.ts";
import type { Element } from "../xml/index.ts";
import { type ComponentAddress, ComponentConnection, type ConnectionPorts } from "./component-connection.ts";

/** Where a link stands. Times are milliseconds since 1970. */
export type LinkStanding =
  /** Before the first attempt has come to an end. */
  | { readonly name: "connecting"; readonly since: number }
  | { readonly name: "up"; readonly since: number }
  /** `since` the link was lost, or first tried in vain; `reason` of the last attempt. */
  | { readonly name: "down"; readonly since: number; readonly reason: string };

/** Who owns a link. */
export interface LinkOwner {
  up(): void;
  /** It was up, and is no more. What was sent last may be lost. */
  down(): void;
  /** In namespace `jabber:client`. */
  stanza(element: Element): void;
}

export interface LinkPorts extends ConnectionPorts {
  readonly random: Random;
  readonly log: Logger;
}

/** A server has this long to take the connection and the handshake. */
const HANDSHAKE_MS = 10_000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/** Keeps one component's connection to a server open: tries again, longer apart each time, more or less a quarter. */
export class ComponentLink {
  readonly #address: ComponentAddress;
  readonly #owner: LinkOwner;
  readonly #ports: LinkPorts;
  #standing: LinkStanding;
  #connection: ComponentConnection | undefined;
  #timer: Timer | undefined;
  #retryMs = FIRST_RETRY_MS;

  constructor(address: ComponentAddress, owner: LinkOwner, ports: LinkPorts) {
    this.#address = address;
    this.#owner = owner;
    this.#ports = ports;
    this.#standing = { name: "connecting", since: ports.clock.now() };
  }

  get standing(): LinkStanding {
    return this.#standing;
  }

  get isUp(): boolean {
    return this.#standing.name === "up";
  }

  start(): void {
    this.#connect();
  }

  /** Sends what is written and closes; the owner is told nothing more. */
  stop(): void {
    this.#timer?.cancel();
    this.#connection?.end();
    this.#connection = undefined;
    this.#standing = { name: "connecting", since: this.#ports.clock.now() };
  }

  /** Only while the link is up. */
  send(element: Element): void {
    this.#connection?.send(element);
  }

  fault(condition: StreamErrorCondition, reason: string): void {
    this.#connection?.fault(condition, reason);
  }

  /** The server does not answer any more. */
  abandon(reason: string): void {
    this.#connection?.abandon(reason);
  }

  pause(): void {
    this.#connection?.pause();
  }

  resume(): void {
    this.#connection?.resume();
  }

  #connect(): void {
    const owner = {
      opened: () => this.#opened(),
      stanza: (element: Element) => this.#owner.stanza(element),
      lost: (reason: string) => this.#lost(reason),
    };
    this.#connection = new ComponentConnection(this.#address, owner, this.#ports);
    this.#timer = this.#ports.clock.after(HANDSHAKE_MS, () => this.abandon("the server did not finish the handshake"));
  }

  #opened(): void {
    this.#timer?.cancel();
    this.#retryMs = FIRST_RETRY_MS;
    this.#standing = { name: "up", since: this.#ports.clock.now() };
    this.#ports.log.info("attachment.linked", this.#fields());
    this.#owner.up();
  }

  #lost(reason: string): void {
    const { clock, random, log } = this.#ports;
    this.#timer?.cancel();
    this.#connection = undefined;
    const wasUp = this.isUp;
    const since = this.#standing.name === "down" ? this.#standing.since : clock.now();
    this.#standing = { name: "down", since, reason };
    const delayMs = this.#retryMs * 0.75 + random.below(Math.ceil(this.#retryMs / 2));
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
    log.warn("attachment.link-lost", { ...this.#fields(), reason, retryInMs: Math.round(delayMs) });
    this.#timer = clock.after(delayMs, () => this.#connect());
    if (wasUp) this.#owner.down();
  }

  #fields() {
    const { host, port, component } = this.#address;
    return { host, port, component };
  }
}
