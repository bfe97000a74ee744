/** What a user decided on all people of one foreign domain. */
export type OutsiderDecision = "allow" | "block";

/** One line of it; the empty domain stands for everybody else. */
export interface OutsiderRule {
  /** As users write it, in lower case. */
  readonly domain: string;
  readonly decision: OutsiderDecision;
}

/** Where the rules are kept, by the user's bare JID. Writes settle when durable. */
export interface OutsiderRepository {
  load(user: string): Promise<readonly OutsiderRule[]>;
  put(user: string, rule: OutsiderRule): Promise<void>;
  /** That one rule; nothing where there is none. */
  remove(user: string, domain: string): Promise<void>;
  removeAll(user: string): Promise<void>;
}

/** What a user decided on people outside whom she did not decide on one by one (facts B7). */
export class OutsiderPolicy {
  readonly #byDomain: Map<string, OutsiderDecision>;

  constructor(rules: readonly OutsiderRule[]) {
    this.#byDomain = new Map(rules.map(({ domain, decision }) => [domain, decision]));
  }

  /** Of the domain itself; undefined where she has not decided. */
  ruleFor(domain: string): OutsiderDecision | undefined {
    return this.#byDomain.get(domain);
  }

  /** Undefined: no rule for it any more. */
  set(domain: string, decision: OutsiderDecision | undefined): void {
    if (decision === undefined) this.#byDomain.delete(domain);
    else this.#byDomain.set(domain, decision);
  }

  /** On one who comes from `domain`: its rule, or that for everybody else; "ask" where there is none. */
  decisionOn(domain: string): OutsiderDecision | "ask" {
    return this.#byDomain.get(domain) ?? this.#byDomain.get("") ?? "ask";
  }
}
