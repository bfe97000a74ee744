import {
  type Clock,
  type FlowEvent,
  type FlowPath,
  type FlowTap,
  fullBucket,
  type TokenBucket,
  take,
} from "@interpres/runtime";
import { LRUCache } from "lru-cache";
import { withoutBodies, withoutSecrets } from "./mask.ts";

/** One message that crossed the node's edge. */
export interface FlowRecord extends Pick<FlowEvent, "leg" | "direction" | "remote" | "summary"> {
  /** Counts up over all. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The federated domain it concerns; empty for what stays among local users. */
  readonly peer: string;
  readonly parties: readonly string[];
  readonly path: FlowPath;
  /** Without secrets for whoever reads it, and cut where it is very long. */
  readonly text: string;
}

/** What a reader asks for; both are exact. */
export interface FlowQuery {
  readonly peer?: string;
  readonly user?: string;
}

/** So one talkative domain does not push out what another said. */
export interface FlowHistoryLimits {
  readonly domains: number;
  readonly recordsOfDomain: number;
  readonly charactersOfDomain: number;
  readonly charactersOfRecord: number;
  /** What is kept while nobody follows: so many at once, and then so many a second. */
  readonly burst: number;
  readonly recordsPerSecond: number;
}

export const defaultFlowHistoryLimits: FlowHistoryLimits = {
  domains: 64,
  recordsOfDomain: 500,
  charactersOfDomain: 512 * 1024,
  charactersOfRecord: 16 * 1024,
  burst: 2000,
  recordsPerSecond: 100,
};

/** The federated domains; a domain is found by its aliases, too. */
export interface FlowPeers {
  get(domain: string): { readonly domain: string } | undefined;
}

interface Ring {
  readonly records: FlowRecord[];
  characters: number;
}

/**
 * What passed lately, domain by domain, always on (facts C15). Bounded: the domain that was silent longest is forgotten
 * first, and of each domain the oldest. Whoever follows hears of each message as it passes. While nobody does, a node under
 * steady load keeps a sample only: to keep everything costs a third of its throughput, and pauses of the collector.
 */
export class FlowHistory implements FlowTap {
  readonly #clock: Clock;
  readonly #peers: FlowPeers;
  readonly #limits: FlowHistoryLimits;
  readonly #rings: LRUCache<string, Ring>;
  readonly #followers = new Set<(record: FlowRecord) => void>();
  #recorded = 0;
  #budget: TokenBucket;

  constructor(
    { clock, peers }: { readonly clock: Clock; readonly peers: FlowPeers },
    limits: FlowHistoryLimits = defaultFlowHistoryLimits,
  ) {
    this.#clock = clock;
    this.#peers = peers;
    this.#limits = limits;
    this.#rings = new LRUCache({ max: limits.domains });
    this.#budget = fullBucket(limits.recordsPerSecond, limits.burst, clock.now());
  }

  flow(event: FlowEvent): void {
    if (this.#followers.size > 0 || this.#mayKeepOneMore()) this.#record(event);
  }

  #mayKeepOneMore(): boolean {
    const taken = take(this.#budget, this.#clock.now());
    if (taken.kind === "wait") return false;
    this.#budget = taken.bucket;
    return true;
  }

  #record(event: FlowEvent): void {
    const { leg, direction, remote, summary } = event;
    const parties = event.parties();
    const peer = peerAmong(parties, this.#peers);
    const text = cut(event.text(), this.#limits.charactersOfRecord);
    this.#recorded += 1;
    const facts = { leg, direction, remote, summary, peer, parties, path: event.path(), text };
    const record = { id: this.#recorded, at: this.#clock.now(), ...facts };
    this.#keep(record);
    for (const follower of this.#followers) follower(record);
  }

  /** The newest that fit, oldest first. */
  recent(query: FlowQuery, limit: number): readonly FlowRecord[] {
    const rings = query.peer === undefined ? [...this.#rings.values()] : [this.#rings.peek(query.peer)];
    const found = rings.flatMap((ring) => ring?.records.filter(fits(query)) ?? []);
    found.sort((one, other) => one.id - other.id);
    return found.slice(Math.max(0, found.length - limit)).map(presentable);
  }

  /** Told of each that fits from now on. Returns what ends it. */
  follow(query: FlowQuery, listener: (record: FlowRecord) => void): () => void {
    const isWanted = fits(query);
    const follower = (record: FlowRecord): void => {
      if (isWanted(record)) listener(presentable(record));
    };
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  #keep(record: FlowRecord): void {
    const ring = this.#rings.get(record.peer) ?? { records: [], characters: 0 };
    ring.records.push(record);
    ring.characters += record.text.length;
    const { recordsOfDomain, charactersOfDomain } = this.#limits;
    while (ring.records.length > recordsOfDomain || ring.characters > charactersOfDomain)
      ring.characters -= ring.records.shift()?.text.length ?? ring.characters;
    this.#rings.set(record.peer, ring);
  }
}

/** Masking is for readers: most of what passes is never looked at. */
function presentable(record: FlowRecord): FlowRecord {
  return { ...record, text: withoutSecrets(record.leg, record.text) };
}

/** A record as one may see it who may not see what people said. */
export function masked(record: FlowRecord): FlowRecord {
  return { ...record, text: withoutBodies(record.leg, record.text) };
}

function fits({ peer, user }: FlowQuery): (record: FlowRecord) => boolean {
  return (record) =>
    (peer === undefined || record.peer === peer) && (user === undefined || record.parties.includes(user));
}

/** The federated domain of one of them; empty where all are local or unknown. */
export function peerAmong(parties: readonly string[], peers: FlowPeers): string {
  for (const party of parties) {
    const peer = peers.get(domainOf(party));
    if (peer !== undefined) return peer.domain;
  }
  return "";
}

function domainOf(party: string): string {
  return party.slice(party.indexOf("@") + 1);
}

/** A short copy: a slice would keep all of it. */
function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${Buffer.from(text.slice(0, longest)).toString()} …`;
}
