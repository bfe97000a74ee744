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

/** One question of an ordered list, under the rule it belongs to; the first objection ends the list. */
export interface NamedQuestion<Facts> {
  /** An objection may name it more precisely. */
  readonly rule: string;
  readonly ask: (facts: Facts) => Objection | undefined;
}

export function firstObjection<Facts>(
  questions: readonly Pick<NamedQuestion<Facts>, "ask">[],
  facts: Facts,
): Objection | undefined {
  for (const question of questions) {
    const objection = question.ask(facts);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

/** What one question said; no objection is its consent. */
export interface Answer {
  readonly rule: string;
  readonly objection: Objection | undefined;
}

/** What each question of a list says, also after one that has refused. */
export function answersOf<Facts>(questions: readonly NamedQuestion<Facts>[], facts: Facts): readonly Answer[] {
  return questions.map(({ rule, ask }) => ({ rule, objection: ask(facts) }));
}

/** The longest that is told of what a peer presented; names of certificates can be huge. */
const LONGEST_PRESENTED = 512;

export function decisionOf(objection: Objection): Decision {
  const { rule, presented, expected } = objection;
  return { rule, outcome: "refuse", inputs: { presented: presented.slice(0, LONGEST_PRESENTED), expected } };
}
