import {
  type Clock,
  type Counter,
  type DecisionEvent,
  type DecisionLog,
  fullBucket,
  type Logger,
  type Metrics,
  take,
} from "@interpres/runtime";
import { decisionOf, type Objection } from "./objection.ts";

/** How many refusals a second are told one by one; the rest are only counted, so that a flood is not ours as well. */
const TOLD_PER_SECOND = 50;
const TOLD_AT_ONCE = 500;

/** Whom a refusal concerns. */
export interface Refused {
  readonly kind: Extract<DecisionEvent["kind"], "connection" | "request">;
  readonly direction: "inbound" | "outbound";
  /** The foreign domain, the name presented, or the address. */
  readonly peer: string;
  /** The Call-ID of a request. */
  readonly id?: string;
  readonly traffic?: NonNullable<DecisionEvent["traffic"]>;
}

/** Tells each refusal with what was presented and what was expected, and counts them all. */
export class RefusalLog {
  readonly #clock: Clock;
  readonly #decisions: DecisionLog;
  readonly #log: Logger;
  readonly #refused: Counter;
  #bucket;

  constructor({
    clock,
    decisions,
    log,
    metrics,
  }: {
    readonly clock: Clock;
    readonly decisions: DecisionLog;
    readonly log: Logger;
    readonly metrics: Metrics;
  }) {
    this.#clock = clock;
    this.#decisions = decisions;
    this.#log = log;
    this.#refused = metrics.counter("interpres_federation_refusals_total", "Refusals by rule of admission", [
      "kind",
      "rule",
    ]);
    this.#bucket = fullBucket(TOLD_PER_SECOND, TOLD_AT_ONCE, clock.now());
  }

  tell(objection: Objection, refused: Refused): void {
    const { kind, direction, peer } = refused;
    this.#refused.add({ kind, rule: objection.rule });
    const taken = take(this.#bucket, this.#clock.now());
    if (taken.kind === "wait") return;
    this.#bucket = taken.bucket;
    const result = kind === "request" ? `refused ${objection.status}` : "refused";
    const decisions = [decisionOf(objection)];
    const user = objection.user === undefined ? {} : { user: objection.user };
    this.#decisions.record({ ...refused, ...user, decisions, result });
    const joined = refused.id === undefined ? {} : { correlationId: refused.id };
    const told = { ...joined, rule: objection.rule, direction, peer, ...user, ...decisions[0]?.inputs };
    this.#log.info(`${kind}.refused`, told);
  }
}
