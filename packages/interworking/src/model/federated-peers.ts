import { domainToASCII } from "node:url";
import type { Dialect, DomainNetwork } from "@interpres/federation";
import type { Clock } from "@interpres/runtime";
import type { SipRequest } from "@interpres/sip";
import { PacedQueue } from "./paced-queue.ts";

/** A foreign domain and how it wants to be spoken to. Domains are A-label names in lower case. */
export interface KnownPeer {
  readonly domain: string;
  /** Domains of the same users, who are addressed at `domain`. */
  readonly aliases: readonly string[];
  readonly dialect: Dialect;
}

/** Who is federated with, and under what rules, from one settings snapshot. */
export interface PeerSource {
  /** The peer of a domain, which may be one of its aliases. */
  peerOf(domain: string): KnownPeer | undefined;
  /** Whether instant messages are carried at all; presence is in any case. */
  mayCarryMessages(): boolean;
  /** The URI of the user a request is for, also where its Request-URI names this very server. */
  addressedUri(request: SipRequest): string;
  /** Our name towards a domain: who speaks, in answers that say so. */
  hostTowards(domain: string): string;
  /** Milliseconds until the edge of a domain takes one more request of ours; 0 = now. */
  departureWaitMs(domain: string): number;
  /** Which network DNS says a domain is in that nobody has added (RFC 7247 §5). Never rejects. */
  networkOf(domain: string): Promise<Pick<DomainNetwork, "kind" | "text">>;
}

/** A peer and the line its requests stand in. */
export interface FederatedPeer extends KnownPeer {
  readonly line: PacedQueue;
}

interface Line {
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly queue: PacedQueue;
}

/** How many requests may wait for one peer: a mass sign-in fits, an endless flood does not. */
const LINE_LIMIT = 50_000;

/** The peers with their lines; one line for each domain, kept while the settings change around it. */
export class FederatedPeers {
  readonly #source: PeerSource;
  readonly #clock: Clock;
  readonly #lines = new Map<string, Line>();

  constructor(ports: { readonly source: PeerSource; readonly clock: Clock }) {
    this.#source = ports.source;
    this.#clock = ports.clock;
  }

  /** The peer of a JID's domain; undefined where nobody federates with it. */
  of(domain: string): FederatedPeer | undefined {
    const peer = this.#source.peerOf(ascii(domain));
    if (peer === undefined) return undefined;
    const line = this.#line(peer.domain, peer.dialect);
    return { domain: peer.domain, aliases: peer.aliases, dialect: peer.dialect, line };
  }

  /** Whether a JID's domain, whose peer is known now, will belong to none or to another. */
  leaving(next: (domain: string) => { readonly domain: string } | undefined): (domain: string) => boolean {
    return (domain) => {
      const now = this.#source.peerOf(ascii(domain))?.domain;
      return now !== undefined && next(ascii(domain))?.domain !== now;
    };
  }

  /** The domain that stands on the wire for a JID's domain. */
  wireDomain(domain: string): string {
    return this.#source.peerOf(ascii(domain))?.domain ?? domain;
  }

  /** How the contacts of a JID's domain are written on the wire. */
  naming(domain: string): { readonly domain: string; readonly userNames: Dialect["userNames"] } {
    const peer = this.#source.peerOf(ascii(domain));
    return { domain: peer?.domain ?? domain, userNames: peer?.dialect.userNames ?? "as-written" };
  }

  get mayCarryMessages(): boolean {
    return this.#source.mayCarryMessages();
  }

  addressedUri(request: SipRequest): string {
    return this.#source.addressedUri(request);
  }

  hostTowards(domain: string): string {
    return this.#source.hostTowards(domain);
  }

  networkOf(domain: string): Promise<Pick<DomainNetwork, "kind" | "text">> {
    return this.#source.networkOf(ascii(domain));
  }

  /** Requests waiting for all peers. */
  get waiting(): number {
    let waiting = 0;
    for (const { queue } of this.#lines.values()) waiting += queue.waiting;
    return waiting;
  }

  stop(): void {
    for (const { queue } of this.#lines.values()) queue.stop();
    this.#lines.clear();
  }

  /** A changed rate begins a new line; what waits in the old one still leaves at the old rate. */
  #line(domain: string, { ratePerSecond, burst }: Dialect): PacedQueue {
    const known = this.#lines.get(domain);
    if (known !== undefined && known.ratePerSecond === ratePerSecond && known.burst === burst) return known.queue;
    const room = (): number => this.#source.departureWaitMs(domain);
    const queue = new PacedQueue({ clock: this.#clock, ratePerSecond, burst, limit: LINE_LIMIT, room });
    this.#lines.set(domain, { ratePerSecond, burst, queue });
    return queue;
  }
}

function ascii(domain: string): string {
  return /^[a-z0-9.-]*$/.test(domain) ? domain : domainToASCII(domain);
}
