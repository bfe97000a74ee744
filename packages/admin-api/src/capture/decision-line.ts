import type { DecisionEvent } from "../decision.ts";
import type { TraceEvent } from "../trace.ts";

/** A decision on one line: when, what became of it, and each rule with what it compared. */
export function decisionLine({ at, kind, direction, result, decisions }: DecisionEvent): string {
  const rules = decisions.map(({ rule, outcome, inputs }) => {
    const compared = Object.entries(inputs).map(([name, value]) => `${name}=${value}`);
    return `${rule} ${outcome}${compared.length === 0 ? "" : ` (${compared.join(", ")})`}`;
  });
  return [`${at} ${kind} ${direction}: ${result}`, ...rules].join("; ");
}

/**
 * Each decision at the last message of its interaction that had passed when it was made, else at the first one after. By
 * the id of the message.
 */
export function decisionsBeside(
  events: readonly TraceEvent[],
  decisions: readonly DecisionEvent[],
): ReadonlyMap<number, readonly DecisionEvent[]> {
  const byInteraction = Map.groupBy(
    events.filter(({ correlationId }) => correlationId !== null),
    ({ correlationId }) => correlationId,
  );
  const beside = new Map<number, DecisionEvent[]>();
  for (const decision of decisions.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))) {
    const messages = byInteraction.get(decision.correlationId) ?? [];
    const message = messages.findLast(({ at }) => Date.parse(at) <= Date.parse(decision.at)) ?? messages[0];
    if (message === undefined) continue;
    const told = beside.get(message.id) ?? [];
    told.push(decision);
    beside.set(message.id, told);
  }
  return beside;
}
