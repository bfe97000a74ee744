import type { SecureContextOptions } from "node:tls";
import { type Clock, systemClock } from "@interpres/runtime";
import type { SipRequest, SipResponse } from "@interpres/sip";
import type { SimulatorEvent } from "../simulator/events.ts";
import { FaultSet } from "../simulator/fault-set.ts";
import type { PeerState } from "../simulator/peer-style.ts";
import { type PeerKeys, SimulatedPeer } from "../simulator/simulated-peer.ts";
import { EdgeStyle } from "./edge-style.ts";
import { DISCOVERED_PARTNER, EdgeThrottle } from "./edge-throttle.ts";

export interface MicrosoftEdgeOptions {
  /** The SIP domain behind the edge. */
  readonly domain: string;
  /** The edge's name: subject of its certificate, host of its Record-Route. */
  readonly fqdn: string;
  /** Key, certificate and trusted roots; for faults of the certificate a function that has those too. */
  readonly tls: SecureContextOptions | PeerKeys;
  readonly port?: number;
  /** The node's port, for the edge's own connections. */
  readonly nodePort: () => number;
  readonly grantSeconds?: number;
  /** How long a request waits for its final response, in milliseconds; 5000 by default. */
  readonly waitMs?: number;
  /** Requests it takes of a partner it does not know, in any second; by default it does not count. */
  readonly requestsPerSecond?: number;
  /** A discovered partner is throttled. */
  readonly partner?: "discovered";
  readonly clock?: Clock;
}

/** A request that reached the edge. */
export interface EdgeRequest {
  /** Milliseconds of a steady clock. */
  readonly at: number;
  readonly message: SipRequest;
  /** Common name of the certificate it came under. */
  readonly certificateName: string;
}

/**
 * A simulated Microsoft Access Edge with its users, for tests: watches and is watched, invites and is invited, the way the
 * wire examples show, with the faults it is given, and writes down each deviation of the other side.
 */
export class MicrosoftEdge {
  readonly faults: FaultSet;
  readonly deviations: string[] = [];
  /** Presence documents received, newest last: from whom and what. */
  readonly seen: { readonly user: string; readonly of: string; readonly state: string; readonly body: string }[] = [];
  /** Texts received in sessions. */
  readonly texts: { readonly from: string; readonly to: string; readonly text: string }[] = [];
  readonly typing: { readonly from: string; readonly status: string }[] = [];
  /** Every request that came, newest last. */
  readonly requests: EdgeRequest[] = [];
  readonly #domain: string;
  #started: SimulatedPeer | undefined;

  private constructor(domain: string) {
    this.#domain = domain;
    this.faults = new FaultSet("edge");
  }

  static async start(options: MicrosoftEdgeOptions): Promise<MicrosoftEdge> {
    const edge = new MicrosoftEdge(options.domain);
    const { domain, fqdn, tls, nodePort, grantSeconds, waitMs, clock } = options;
    const { faults } = edge;
    edge.#started = await SimulatedPeer.start({
      kind: "edge",
      style: (port) => new EdgeStyle({ domain, fqdn, port, faults, pageMode: "taken" }),
      faults,
      keys: typeof tls === "function" ? tls : () => tls,
      nodePort,
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(grantSeconds === undefined ? {} : { grantSeconds }),
      ...(waitMs === undefined ? {} : { waitMs }),
      ...(clock === undefined ? {} : { clock }),
      ...limitOf(options),
      onEvent: (event) => edge.#heard(event),
      onRequest: (message, { certificateName }) =>
        void edge.requests.push({ at: performance.now(), message, certificateName }),
    });
    return edge;
  }

  get port(): number {
    return this.#peer.port;
  }

  get #peer(): SimulatedPeer {
    if (this.#started === undefined) throw new Error("the edge has not started");
    return this.#started;
  }

  /** Changes a user's state and tells every watcher, on connections of its own. */
  async setState(user: string, state: PeerState): Promise<void> {
    await this.#peer.presence.setState(this.#address(user), state);
  }

  /** A user of ours adds `target` of the node's domain to his list. */
  async watch(user: string, target: string): Promise<SipResponse> {
    return await this.#peer.presence.watch(this.#address(user), `sip:${target}`);
  }

  /** Refreshes what `watch` began, in its dialog. */
  async refresh(user: string, target: string): Promise<SipResponse> {
    return await this.#peer.presence.refresh(this.#address(user), `sip:${target}`);
  }

  /** A user of ours opens a conversation and says `text`: as embedded first message and, unacknowledged, as MESSAGE. */
  async say(user: string, target: string, text: string): Promise<SipResponse> {
    return await this.#peer.sessions.say(this.#address(user), `sip:${target}`, text);
  }

  /** Typing in an open conversation. */
  async type(user: string, target: string, status: "type" | "idle"): Promise<SipResponse> {
    return await this.#peer.sessions.type(this.#address(user), `sip:${target}`, status);
  }

  /** Typing that goes on, a notice every five seconds, until something is said. */
  async keepTyping(user: string, target: string): Promise<SipResponse> {
    return await this.#peer.sessions.keepTyping(this.#address(user), `sip:${target}`);
  }

  /** What the node still owes: ACK, BYE. */
  get unfinished(): readonly string[] {
    return this.#peer.unfinished().map(({ rule }) => rule);
  }

  /** Closes every conversation window. */
  async hangUp(): Promise<void> {
    await this.#peer.sessions.hangUp();
  }

  /** Loses dialogs and connections without a word. */
  crash(): void {
    this.#peer.crash();
  }

  /** How many of the node's users watch users here. */
  get watchers(): number {
    return this.#peer.dialogs.all("watcher").length;
  }

  async close(): Promise<void> {
    await this.#peer.close();
  }

  #heard(event: SimulatorEvent): void {
    switch (event.event) {
      case "deviation":
        this.deviations.push(event.detail);
        break;
      case "presence":
        this.seen.push({ ...event, user: event.user.replace(/@.*/, "") });
        break;
      case "message":
        this.texts.push({ from: event.from, to: event.to, text: event.text });
        break;
      case "typing":
        this.typing.push({ from: event.from, status: event.status });
        break;
      case "sent":
      case "received":
      case "watcher":
      case "session":
        break;
    }
  }

  #address(user: string): string {
    return `${user}@${this.#domain}`;
  }
}

/** None by default: most tests do not mean a stranger. */
function limitOf({ clock = systemClock, partner, requestsPerSecond }: MicrosoftEdgeOptions): {
  readonly limit?: EdgeThrottle;
} {
  if (partner === "discovered")
    return { limit: new EdgeThrottle({ clock, limits: DISCOVERED_PARTNER, excess: "refused" }) };
  if (requestsPerSecond === undefined) return {};
  const limits = { requestsPerSecond, badRatioPerSecond: requestsPerSecond, distinctUris: Number.POSITIVE_INFINITY };
  return { limit: new EdgeThrottle({ clock, limits, excess: "told" }) };
}
