import type { Decision } from "@interpres/runtime";

/** What a question of admission has against somebody. No objection is an admission; it costs no object. */
export interface Objection {
  /** The rule that refused, stable: `tls-peer-subject`, `claimed-domain`. */
  readonly rule: string;
  /** For a request; a connection is closed without one. */
  readonly status: number;
  /** The reason phrase of the answer; never text of the peer. */
  readonly reason: string;
  readonly presented: string;
  readonly expected: string;
  readonly retryAfterSeconds?: number;
  /** The local user it concerns, bare JID; never told to the peer. */
  readonly user?: string;
}

/** One question of an ordered list; the first objection ends it. */
export type Question<Facts> = (facts: Facts) => Objection | undefined;

export function firstObjection<Facts>(questions: readonly Question<Facts>[], facts: Facts): Objection | undefined {
  for (const ask of questions) {
    const objection = ask(facts);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

/** The longest that is told of what a peer presented; names of certificates can be huge. */
const LONGEST_PRESENTED = 512;

export function decisionOf(objection: Objection): Decision {
  const { rule, presented, expected } = objection;
  return { rule, outcome: "refuse", inputs: { presented: presented.slice(0, LONGEST_PRESENTED), expected } };
}
