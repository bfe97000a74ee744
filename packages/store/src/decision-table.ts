import {
  type Clock,
  type DecisionEvent,
  type DecisionQuery,
  fullBucket,
  peerAddress,
  peerDomain,
  type Timer,
  type TokenBucket,
  take,
} from "@interpres/runtime";
import type { Database } from "./database.ts";
import { queries, statement, template } from "./queries.ts";
import type { DecisionRow } from "./tables.ts";

/** Decisions are kept for seven days (design §3). */
export const KEPT_MS = 7 * 24 * 3600 * 1000;
const PRUNE_EVERY_MS = 3600 * 1000;
/** Above this rate only a sample is kept, so that a flood fills neither disk nor writer. */
const KEPT_PER_SECOND = 50;
const KEPT_BURST = 1000;
const DEFAULT_ANSWER = 100;

const insert = template<DecisionRow>((value) =>
  queries
    .insertInto("decision")
    .values({
      id: value("id"),
      at: value("at"),
      user: value("user"),
      peer: value("peer"),
      peer_domain: value("peer_domain"),
      document: value("document"),
    })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ document: value("document") })),
);

/** The decision events of the last seven days, sampled when there are many. */
export class DecisionTable {
  readonly #database: Database;
  readonly #clock: Clock;
  #bucket: TokenBucket;
  #pruning: Timer;

  constructor(ports: { readonly database: Database; readonly clock: Clock }) {
    this.#database = ports.database;
    this.#clock = ports.clock;
    this.#bucket = fullBucket(KEPT_PER_SECOND, KEPT_BURST, ports.clock.now());
    this.#pruning = ports.clock.after(0, () => this.#prune());
  }

  /** Keeps the event, or not, when too many come; never throws. */
  keep(event: DecisionEvent): void {
    const taken = take(this.#bucket, this.#clock.now());
    if (taken.kind === "wait") return;
    this.#bucket = taken.bucket;
    this.#database.put([insert(rowOf(event))]);
  }

  /** Newest first; a peer given without "@" stands for every address of that domain. */
  async query({ user, peer, since, until, limit = DEFAULT_ANSWER }: DecisionQuery): Promise<readonly DecisionEvent[]> {
    let query = queries.selectFrom("decision").selectAll().orderBy("at", "desc").limit(limit);
    if (user !== undefined) query = query.where("user", "=", user);
    if (peer !== undefined) query = query.where(peer.includes("@") ? "peer" : "peer_domain", "=", peerAddress(peer));
    if (since !== undefined) query = query.where("at", ">=", since);
    if (until !== undefined) query = query.where("at", "<", until);
    return (await this.#database.read(query)).map((row) => JSON.parse(row.document) as DecisionEvent);
  }

  /** Ends the pruning. */
  stop(): void {
    this.#pruning.cancel();
  }

  #prune(): void {
    const limit = this.#clock.now() - KEPT_MS;
    this.#database.put([statement(queries.deleteFrom("decision").where("at", "<", limit))]);
    this.#pruning = this.#clock.after(PRUNE_EVERY_MS, () => this.#prune());
  }
}

function rowOf(event: DecisionEvent): DecisionRow {
  const { peer } = event;
  return {
    id: event.id,
    at: event.at,
    user: event.user ?? null,
    peer: peer === undefined ? null : peerAddress(peer),
    peer_domain: peer === undefined ? null : peerDomain(peer),
    document: JSON.stringify(event),
  };
}
