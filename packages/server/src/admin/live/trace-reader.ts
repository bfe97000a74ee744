import type { DecisionEvent as ShownDecision, TraceEvent } from "@interpres/admin-api";
import { correlationOf, type DecisionEvent } from "@interpres/runtime";
import { Correlations } from "../../trace/correlations.ts";
import { type FlowQuery, type FlowRecord, masked } from "../../trace/flow-history.ts";
import type { AdminContext } from "../admin-context.ts";
import { instantText } from "../http/instant.ts";

/** How far back a reading looks for the decisions about what passed. */
const MOST_DECISIONS = 5000;

/** What one reading of the trace asks for. */
export interface Reading extends FlowQuery {
  readonly recent: number;
  readonly bodies: "masked" | "shown";
}

/** Shows what passed to one reader, each message with the interaction it belongs to. */
export class TraceReader {
  readonly #context: Pick<AdminContext, "decisions" | "flows">;
  readonly #reading: Reading;
  readonly #correlations = new Correlations();

  constructor(reading: Reading, context: Pick<AdminContext, "decisions" | "flows">) {
    this.#reading = reading;
    this.#context = context;
  }

  /** The decisions about the domain that was asked for, oldest first; what they say of interactions is known from now on. */
  async decisions(): Promise<readonly DecisionEvent[]> {
    const { peer } = this.#reading;
    const query = { ...(peer === undefined || peer === "" ? {} : { peer }), limit: MOST_DECISIONS };
    const events = (await this.#context.decisions.query(query)).toReversed();
    for (const event of events) this.#correlations.saw(event);
    return events;
  }

  decided(event: DecisionEvent): void {
    this.#correlations.saw(event);
  }

  recent(): readonly TraceEvent[] {
    const { recent } = this.#reading;
    return this.#context.flows.recent(this.#reading, recent).map((record) => this.shown(record));
  }

  shown(record: FlowRecord): TraceEvent {
    const correlationId = this.#correlations.of(record) ?? null;
    const { at, peer, parties, ...facts } = this.#reading.bodies === "shown" ? record : masked(record);
    return { ...facts, at: instantText(at), peer: peer === "" ? null : peer, parties: [...parties], correlationId };
  }
}

/** A decision event as the API shows it. */
export function shownDecision({ at, decisions, ...event }: DecisionEvent): ShownDecision {
  return {
    ...event,
    correlationId: correlationOf({ ...event, decisions }),
    at: instantText(at),
    decisions: decisions.map((decision) => ({ ...decision, inputs: { ...decision.inputs } })),
  };
}
