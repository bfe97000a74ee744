import type { DecisionEvent, DecisionQuery, DecisionRing } from "@interpres/runtime";
import type { DecisionTable } from "./decision-table.ts";

const DEFAULT_ANSWER = 100;

/** Answers from memory and, for what is older or was lost with an earlier process, from the database. */
export class DecisionHistory {
  readonly #ring: DecisionRing;
  readonly #table: DecisionTable;

  constructor(ports: { readonly ring: DecisionRing; readonly table: DecisionTable }) {
    this.#ring = ports.ring;
    this.#table = ports.table;
  }

  /** Newest first, each event once. */
  async query(query: DecisionQuery): Promise<readonly DecisionEvent[]> {
    const recent = this.#ring.query(query);
    const known = new Set(recent.map((event) => event.id));
    const older = (await this.#table.query(query)).filter((event) => !known.has(event.id));
    return [...recent, ...older].sort((one, other) => other.at - one.at).slice(0, query.limit ?? DEFAULT_ANSWER);
  }
}
