import type { DecisionEvent } from "../decision.ts";
import { Ladder } from "../ladder.ts";
import { printable } from "../printable.ts";
import type { TraceEvent } from "../trace.ts";
import { decisionLine, decisionsBeside } from "./decision-line.ts";

/** What passed as text: the ladder with our decisions, then each message whole. Bodies as they were given. */
export function ladderText(
  events: readonly TraceEvent[],
  { decisions, columns }: { readonly decisions: readonly DecisionEvent[]; readonly columns: number },
): string {
  const ladder = new Ladder(columns);
  const beside = decisionsBeside(events, decisions);
  const drawn = events.flatMap((event) => [
    ...ladder.lines(event),
    ...(beside.get(event.id) ?? []).map((decision) => `    * ${printable(decisionLine(decision))}`),
  ]);
  return [...drawn, "", ...events.flatMap(wholeOf)].join("\n");
}

function wholeOf({ at, leg, direction, remote, correlationId, text }: TraceEvent, index: number): readonly string[] {
  const way = direction === "inbound" ? "from" : "to";
  const interaction = correlationId === null ? [] : [`correlation id ${correlationId}`];
  const heading = [`${at} ${leg.toUpperCase()} ${way} ${remote}`, ...interaction].join(", ");
  return [
    `${index + 1}. ${printable(heading)}`,
    "",
    ...text.split(/\r?\n/).map((line) => `    ${printable(line)}`),
    "",
  ];
}
