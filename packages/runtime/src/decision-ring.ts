import type { Clock } from "./clock.ts";
import type { DecisionEvent, DecisionLog, DecisionQuery } from "./decision.ts";
import { peerAddress, peerDomain } from "./peer-address.ts";
import type { Random } from "./random.ts";

const DEFAULT_ANSWER = 100;

/**
 * The newest decision events in memory, bounded. `keep` sees each event once, at the moment it is recorded, and decides what
 * goes to the database. Ids are unique over restarts: a random part for the process and a counter.
 */
export class DecisionRing implements DecisionLog {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #keep: (event: DecisionEvent) => void;
  readonly #prefix: string;
  readonly #events: DecisionEvent[] = [];
  #recorded = 0;

  constructor(ports: {
    readonly clock: Clock;
    readonly random: Random;
    readonly capacity: number;
    readonly keep: (event: DecisionEvent) => void;
  }) {
    this.#clock = ports.clock;
    this.#capacity = ports.capacity;
    this.#keep = ports.keep;
    this.#prefix = ports.random.token().slice(0, 10);
  }

  record(event: Omit<DecisionEvent, "id" | "at"> & { readonly id?: string }): void {
    const id = event.id ?? `${this.#prefix}-${this.#recorded.toString(36)}`;
    const complete: DecisionEvent = { ...event, id, at: this.#clock.now() };
    this.#events[this.#recorded % this.#capacity] = complete;
    this.#recorded += 1;
    this.#keep(complete);
  }

  /** Newest first. */
  query(query: DecisionQuery): readonly DecisionEvent[] {
    const limit = query.limit ?? DEFAULT_ANSWER;
    const found: DecisionEvent[] = [];
    const oldest = Math.max(0, this.#recorded - this.#capacity);
    for (let index = this.#recorded - 1; index >= oldest && found.length < limit; index -= 1) {
      const event = this.#events[index % this.#capacity];
      if (event === undefined) continue;
      if (query.since !== undefined && event.at < query.since) break;
      if (query.until !== undefined && event.at >= query.until) continue;
      if (matches(event, query)) found.push(event);
    }
    return found;
  }
}

function matches(event: DecisionEvent, query: DecisionQuery): boolean {
  if (query.user !== undefined && event.user !== query.user) return false;
  return query.peer === undefined || (event.peer !== undefined && isOf(event.peer, peerAddress(query.peer)));
}

/** `asked` is an address, or a domain for everybody there. */
function isOf(peer: string, asked: string): boolean {
  return asked === (asked.includes("@") ? peerAddress(peer) : peerDomain(peer));
}
