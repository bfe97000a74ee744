import type { SecureContextOptions } from "node:tls";
import type { SipRequest, SipResponse } from "@interpres/sip";
import type { SimulatorEvent } from "../simulator/events.ts";
import { FaultSet } from "../simulator/fault-set.ts";
import type { PeerState } from "../simulator/peer-style.ts";
import { type PeerKeys, SimulatedPeer } from "../simulator/simulated-peer.ts";
import type { Customer, HouseDomains } from "./house-rules.ts";
import { HouseStyle } from "./house-style.ts";

export interface ClearingHouseOptions {
  /** Key, certificate and trusted roots; for faults of the certificate a function that has those too. */
  readonly tls: SecureContextOptions | PeerKeys;
  /** The gateway's name: subject of its certificate. */
  readonly fqdn: string;
  readonly domains: HouseDomains;
  /** Who ordered the federation, as it was registered. */
  readonly customer: Customer;
  readonly port?: number;
}

/**
 * A simulated clearing house, for tests: one gateway for its own domain, the domains it hosts and those that federate with
 * it. It knows its customer by the one registered name, routes by its own list of domains and by the registered domains of
 * the customer, answers SUBSCRIBE without an Event header and sends the NOTIFY first. Users are full addresses.
 */
export class ClearingHouse {
  readonly faults = new FaultSet("clearing-house");
  /** Requests received: `SUBSCRIBE carl@hosteddomain.com`. */
  readonly received: string[] = [];
  /** What the customer does that would not pass here. */
  readonly deviations: string[] = [];
  /** Texts received in sessions. */
  readonly texts: { readonly from: string; readonly to: string; readonly text: string }[] = [];
  /** What its watchers were told, newest last. */
  readonly seen: { readonly user: string; readonly of: string; readonly state: string; readonly body: string }[] = [];
  #started: SimulatedPeer | undefined;

  private constructor() {}

  static async start(options: ClearingHouseOptions): Promise<ClearingHouse> {
    const { tls, fqdn, domains, customer } = options;
    const house = new ClearingHouse();
    const { faults } = house;
    house.#started = await SimulatedPeer.start({
      kind: "clearing-house",
      style: (port) => new HouseStyle({ fqdn, port, domains, customer, faults }),
      faults,
      keys: typeof tls === "function" ? tls : () => tls,
      nodePort: customer.port,
      node: { host: "127.0.0.1", name: customer.fqdn },
      ...(options.port === undefined ? {} : { port: options.port }),
      expected: () => customer,
      onEvent: (event) => house.#heard(event),
      onRequest: (request) => house.#record(request),
    });
    return house;
  }

  get port(): number {
    return this.#peer.port;
  }

  get #peer(): SimulatedPeer {
    if (this.#started === undefined) throw new Error("the clearing house has not started");
    return this.#started;
  }

  async close(): Promise<void> {
    await this.#started?.close();
  }

  /** Breaks every connection without a word. */
  dropConnections(): void {
    this.#peer.dropConnections();
  }

  /** Changes a user's state and tells who watches him. */
  async setState(user: string, state: PeerState): Promise<void> {
    await this.#peer.presence.setState(user, state);
  }

  /** `user` adds the customer's `target`. */
  async watch(user: string, target: string): Promise<SipResponse> {
    return await this.#peer.presence.watch(user, `sip:${target}`);
  }

  /** `user` says something to the customer's `target`, in the session they have or a new one. */
  async say(user: string, target: string, text: string): Promise<SipResponse> {
    return await this.#peer.sessions.say(user, `sip:${target}`, text);
  }

  /** Closes every conversation. */
  async hangUp(): Promise<void> {
    await this.#peer.sessions.hangUp();
  }

  #record(request: SipRequest): void {
    const address = this.#peer.dialogs.of(request)?.user ?? /^sip:([^;?]+)/.exec(request.requestUri)?.[1] ?? "";
    this.received.push(`${request.method} ${address}`);
  }

  #heard(event: SimulatorEvent): void {
    if (event.event === "deviation") this.deviations.push(event.detail);
    else if (event.event === "message") this.texts.push({ from: event.from, to: event.to, text: event.text });
    else if (event.event === "presence") this.seen.push(event);
  }
}
