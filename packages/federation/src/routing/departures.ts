import { type Clock, Fifo, type Timer } from "@interpres/runtime";
import type { NextHop, SipRequest, SipTransport } from "@interpres/sip";

/**
 * A second as the edge counts it, and what two requests may differ in how long they take to it: one segment that TCP has
 * to send again is about 200 ms late (RFC 6298 §2.4 allows less than its second; systems do so), those after it are not.
 */
const WINDOW_MS = 1200;
/** How often is looked again while all that may leave waits for its connection. */
const POLL_MS = 20;
/** Requests that wait for one edge; what stands in line before translation is bounded there. */
const MOST_WAITING = 50_000;
/** Whoever waits for an edge that is closed longer is told so instead (a transaction would give up then, RFC 3261 §17). */
const PATIENCE_MS = 30_000;
/** Part of, or the end of, what an edge has taken already: these leave though it asked for no more requests. */
const UNSTOPPABLE: ReadonlySet<string> = new Set(["ACK", "CANCEL", "BYE"]);
/** Edges remembered; those that nothing goes to are forgotten first. */
const MOST_EDGES = 4096;

export interface DeparturesInit {
  readonly clock: Clock;
  /** Requests that an edge takes of us in any second, by a domain behind it; undefined for one that is no peer any more. */
  readonly limitOf: (domain: string) => number | undefined;
  /** Milliseconds for which an edge has asked for no new requests; 0 = it takes them. */
  readonly closedMs: (hop: NextHop) => number;
}

/** A request that is not written yet. */
interface Departure {
  readonly request: SipRequest;
  readonly hop: NextHop;
  readonly failed: Parameters<SipTransport["sendRequest"]>[2];
  readonly sent: Parameters<SipTransport["sendRequest"]>[3];
}

/**
 * Sees to it that no edge gets more requests in any second than it takes, ACK, BYE and repeats included, whatever domains
 * are behind it. Counted when they are written: what waits for a connection to open counts as on its way, so that it
 * cannot arrive in a bunch that is too large.
 */
export class Departures {
  readonly #init: DeparturesInit;
  readonly #edges = new Map<string, Edge>();
  readonly #byDomain = new Map<string, Edge>();

  constructor(init: DeparturesInit) {
    this.#init = init;
  }

  /** `transport`, whose requests leave when their edge has room. */
  pace(transport: SipTransport): SipTransport {
    return {
      onMessage: (handler) => transport.onMessage(handler),
      onProblem: (handler) => transport.onProblem(handler),
      onConnectionClosed: (handler) => transport.onConnectionClosed(handler),
      sendResponse: (response, connection) => transport.sendResponse(response, connection),
      sendRequest: (request, hop, failed, sent) => {
        this.#edgeOf(hop, transport).send({ request, hop, failed, sent });
      },
    };
  }

  /** Milliseconds until the edge that a domain was last reached at takes one more request; 0 = now, as far as is known. */
  waitMs(domain: string): number {
    return this.#byDomain.get(domain)?.waitMs ?? 0;
  }

  /** Settles when nothing waits any more, after `limitMs` at the latest. */
  async drained(limitMs: number): Promise<void> {
    const { clock } = this.#init;
    const until = clock.now() + limitMs;
    while (clock.now() < until && [...this.#edges.values()].some((edge) => edge.waiting > 0))
      await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
  }

  /** Fails what waits. What has left counts on: an edge does not care who of us restarts. */
  stop(): void {
    for (const edge of this.#edges.values()) edge.stop();
  }

  #edgeOf(hop: NextHop, transport: SipTransport): Edge {
    const key = `${hop.protocol} ${hop.host} ${hop.port}`;
    const edge = this.#edges.get(key) ?? this.#newEdge(key, transport);
    edge.limit = this.#init.limitOf(hop.domain) ?? edge.limit;
    this.#byDomain.set(hop.domain, edge);
    return edge;
  }

  #newEdge(key: string, transport: SipTransport): Edge {
    if (this.#edges.size >= MOST_EDGES) this.#forgetIdle();
    const edge = new Edge(this.#init, transport);
    this.#edges.set(key, edge);
    return edge;
  }

  #forgetIdle(): void {
    for (const [key, edge] of this.#edges) if (edge.isIdle) this.#edges.delete(key);
    for (const [domain, edge] of this.#byDomain) if (edge.isIdle) this.#byDomain.delete(domain);
  }
}

/** Requests written in one turn of the event loop. */
interface Turn {
  readonly at: number;
  readonly count: number;
}

/** One edge: what has left for it within the window, what is on its way, and what waits, the most urgent first. */
class Edge {
  limit = Number.POSITIVE_INFINITY;
  readonly #clock: Clock;
  readonly #closedMs: (hop: NextHop) => number;
  readonly #transport: SipTransport;
  /** Where the last request went. */
  #hop: NextHop | undefined;
  readonly #lanes: readonly Fifo<Departure>[] = [new Fifo(), new Fifo(), new Fifo(), new Fifo()];
  #turns: Turn[] = [];
  /** Of the turns. */
  #counted = 0;
  /** Handed to the transport and not written. */
  #underway = 0;
  /** Written in this turn; when it is over they are certain to have left. */
  #leaving = 0;
  #turnEnd: Timer | undefined;
  #timer: Timer | undefined;

  constructor({ clock, closedMs }: DeparturesInit, transport: SipTransport) {
    this.#clock = clock;
    this.#closedMs = closedMs;
    this.#transport = transport;
  }

  get isIdle(): boolean {
    this.#roll();
    return this.#counted + this.#leaving + this.#underway + this.waiting === 0;
  }

  get waitMs(): number {
    const closedMs = this.#hop === undefined ? 0 : this.#closedMs(this.#hop);
    if (closedMs > 0) return closedMs > PATIENCE_MS ? 0 : closedMs;
    this.#roll();
    if (this.waiting === 0 && this.#room > 0) return 0;
    return this.#untilOldestLeaves() ?? POLL_MS;
  }

  send(departure: Departure): void {
    this.#roll();
    this.#hop = departure.hop;
    if (this.waiting === 0 && this.#room > 0) this.#depart(departure);
    else if (this.waiting >= MOST_WAITING) {
      const { hop, failed } = departure;
      failed({ cause: "queue-full", hop, detail: "too many requests wait for this edge" });
    } else {
      this.#lanes[urgencyOf(departure.request)]?.add(departure);
      this.#schedule();
    }
  }

  stop(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next())
      next.failed({ cause: "shut-down", hop: next.hop, detail: "stopping" });
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#turnEnd?.cancel();
    if (this.#turnEnd !== undefined) this.#endTurn();
  }

  get waiting(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.length, 0);
  }

  get #room(): number {
    return this.limit - this.#counted - this.#leaving - this.#underway;
  }

  #next(): Departure | undefined {
    return this.#lanes.find((lane) => lane.length > 0)?.take();
  }

  #depart({ request, hop, failed, sent }: Departure): void {
    const closedMs = UNSTOPPABLE.has(request.method) ? 0 : this.#closedMs(hop);
    if (closedMs > 0) {
      const detail = `it answered 503 and wants no requests for another ${Math.ceil(closedMs / 1000)} s`;
      failed({ cause: "asked-to-wait", hop, detail });
      return;
    }
    this.#underway += 1;
    this.#transport.sendRequest(
      request,
      hop,
      (failure) => {
        this.#underway -= 1;
        this.#schedule();
        failed(failure);
      },
      (connection) => {
        this.#underway -= 1;
        this.#leaving += 1;
        this.#turnEnd ??= this.#clock.after(0, () => this.#endTurn());
        sent?.(connection);
      },
    );
  }

  #endTurn(): void {
    this.#turnEnd = undefined;
    this.#turns.push({ at: this.#clock.now(), count: this.#leaving });
    this.#counted += this.#leaving;
    this.#leaving = 0;
    this.#schedule();
  }

  #roll(): void {
    const before = this.#clock.now() - WINDOW_MS;
    let gone = 0;
    for (const { at, count } of this.#turns) {
      if (at > before) break;
      gone += 1;
      this.#counted -= count;
    }
    if (gone > 0) this.#turns = this.#turns.slice(gone);
  }

  #untilOldestLeaves(): number | undefined {
    const [oldest] = this.#turns;
    return oldest === undefined ? undefined : Math.max(1, oldest.at + WINDOW_MS - this.#clock.now());
  }

  /** Called whenever there may be room sooner than was thought. */
  #schedule(): void {
    if (this.waiting === 0 || this.#timer !== undefined) return;
    const waitMs = this.#room > 0 ? 0 : this.#untilOldestLeaves();
    // Without a turn that ends all is on its way: each of them comes by here when it is written or has failed.
    if (waitMs === undefined) return;
    this.#timer = this.#clock.after(waitMs, () => {
      this.#timer = undefined;
      this.#drain();
    });
  }

  #drain(): void {
    this.#roll();
    while (this.#room > 0) {
      const next = this.#next();
      if (next === undefined) return;
      this.#depart(next);
    }
    this.#schedule();
  }
}

/** What must not be late, what people wait for, what they see, what keeps things alive. */
function urgencyOf({ method, to }: SipRequest): 0 | 1 | 2 | 3 {
  switch (method) {
    case "ACK":
    case "CANCEL":
      return 0;
    case "NOTIFY":
      return 2;
    case "SUBSCRIBE":
      return to.tag === undefined ? 2 : 3;
    case "OPTIONS":
      return 3;
    default:
      return 1;
  }
}
