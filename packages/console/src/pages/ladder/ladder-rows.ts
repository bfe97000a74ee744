import type { DecisionEvent, TraceEvent } from "@interpres/admin-api";

/** One line of the ladder: a message between two lanes, or a decision of ours in the middle one. */
export type Row =
  | { readonly kind: "message"; readonly at: string; readonly message: TraceEvent }
  | { readonly kind: "decision"; readonly at: string; readonly decision: DecisionEvent };

/** One exchange: its Call-ID, and an instant of the API for when no message bears that. */
export interface Interaction {
  readonly call: string;
  readonly at: string;
}

export interface Wanted {
  /** An address; empty for everybody's. */
  readonly user: string;
  /** Undefined for everything. */
  readonly interaction: Interaction | undefined;
  /** An instant of the API: only what came after it. */
  readonly after: string;
}

/** Milliseconds before and after a call in which stanzas are taken for part of it whose interaction is not known. */
const BESIDE_MS = 1000;
/** The same about a decision whose Call-ID no message bears: a message in a session goes by the call of that. */
const AROUND_MS = 5000;

/** Oldest first. Decisions from before the first message are left out: what passed then is no longer known. */
export function rowsOf(
  messages: readonly TraceEvent[],
  decisions: readonly DecisionEvent[],
  { user, interaction, after }: Wanted,
): readonly Row[] {
  const begin = messages[0]?.at;
  const rows: readonly Row[] = [
    ...messages.map((message) => ({ kind: "message" as const, at: message.at, message })),
    ...decisions
      .filter((decision) => begin !== undefined && decision.at >= begin && concerns(decision, user))
      .map((decision) => ({ kind: "decision" as const, at: decision.at, decision })),
  ];
  const sorted = rows.filter(({ at }) => at > after).sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return interaction === undefined ? sorted : ofInteraction(sorted, interaction);
}

function concerns({ user, peer = "" }: DecisionEvent, wanted: string): boolean {
  return wanted === "" || user === wanted || peer.replace(/^sips?:/, "") === wanted;
}

function ofInteraction(rows: readonly Row[], { call, at }: Interaction): readonly Row[] {
  const times = rows
    .filter((row) => row.kind === "message" && interactionOf(row) === call)
    .map((row) => Date.parse(row.at));
  if (times.length === 0) return rows.filter((row) => Math.abs(Date.parse(row.at) - Date.parse(at)) <= AROUND_MS);
  const [first, last] = [Math.min(...times) - BESIDE_MS, Math.max(...times) + BESIDE_MS];
  return rows.filter((row) => {
    const own = interactionOf(row);
    if (own !== undefined) return own === call;
    return first <= Date.parse(row.at) && Date.parse(row.at) <= last;
  });
}

/** Its correlation id, where it is known. */
export function interactionOf(row: Row): string | undefined {
  return row.kind === "decision" ? row.decision.correlationId : (row.message.correlationId ?? undefined);
}
