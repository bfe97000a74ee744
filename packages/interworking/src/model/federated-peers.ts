import { domainToASCII } from "node:url";
import type { Dialect } from "@interpres/federation";
import type { Clock } from "@interpres/runtime";
import { PacedQueue } from "./paced-queue.ts";

/** Who is federated with, from one settings snapshot. `domain` is an A-label name in lower case. */
export interface PeerSource {
  peerOf(domain: string): { readonly domain: string; readonly dialect: Dialect } | undefined;
}

/** A foreign domain, how it wants to be spoken to, and the line its requests stand in. */
export interface FederatedPeer {
  readonly domain: string;
  readonly dialect: Dialect;
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
    const peer = this.#source.peerOf(/^[a-z0-9.-]*$/.test(domain) ? domain : domainToASCII(domain));
    if (peer === undefined) return undefined;
    return { domain: peer.domain, dialect: peer.dialect, line: this.#line(peer.domain, peer.dialect) };
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
    const queue = new PacedQueue({ clock: this.#clock, ratePerSecond, burst, limit: LINE_LIMIT });
    this.#lines.set(domain, { ratePerSecond, burst, queue });
    return queue;
  }
}
