import type { PolicyReplay, ReplayGroup } from "@interpres/admin-api";
import type { Outcome, Passage, PassageFacts } from "@interpres/federation";

/** One kind of traffic with what became of it, what would now, and what would with the draft. */
export interface Judged {
  readonly passage: Passage;
  readonly now: Outcome;
  readonly draft: Outcome;
}

type Sums = Pick<PolicyReplay, "total" | "unchanged" | "unknown" | "decidedOtherwiseSince" | "wouldBeRefused">;

/** Groups told; traffic of any number of domains may change at once. */
const MOST_GROUPS = 500;
const MOST_WHO = 5;

/** Adds up what a replay finds. */
export class ReplayTally {
  readonly #groups = new Map<string, ReplayGroup>();
  readonly #leftOff = new Set<string>();
  #sums: Sums = { total: 0, unchanged: 0, unknown: {}, decidedOtherwiseSince: 0, wouldBeRefused: 0 };

  add(judged: Judged): void {
    const { passage, now, draft } = judged;
    const sums = this.#sums;
    const { count } = passage;
    const isOtherwiseSince = (passage.rule === null) === (now.kind === "refused") && now.kind !== "unknown";
    const decidedOtherwiseSince = sums.decidedOtherwiseSince + (isOtherwiseSince ? count : 0);
    this.#sums = { ...sums, total: sums.total + count, decidedOtherwiseSince };
    const unknown = now.kind === "unknown" ? now : draft.kind === "unknown" ? draft : undefined;
    if (unknown !== undefined) this.#addUnknown(unknown.detail, count);
    else if (isSame(now, draft)) this.#sums = { ...this.#sums, unchanged: sums.unchanged + count };
    else this.#addGroup(judged);
  }

  get sums(): Sums {
    return this.#sums;
  }

  get groupsLeftOff(): number {
    return this.#leftOff.size;
  }

  /** Refusals first, then by count. */
  get groups(): readonly ReplayGroup[] {
    const weight = ({ draft, now }: ReplayGroup) => (draft.kind === "refused" && now.kind !== "refused" ? 1 : 0);
    return [...this.#groups.values()].sort((one, other) => weight(other) - weight(one) || other.count - one.count);
  }

  #addUnknown(reason: string, count: number): void {
    const { unknown } = this.#sums;
    this.#sums = { ...this.#sums, unknown: { ...unknown, [reason]: (unknown[reason] ?? 0) + count } };
  }

  #addGroup({ passage, now, draft }: Judged): void {
    const { facts, rule, count } = passage;
    const wouldBeRefused = rule === null && now.kind !== "refused" && draft.kind === "refused" ? count : 0;
    this.#sums = { ...this.#sums, wouldBeRefused: this.#sums.wouldBeRefused + wouldBeRefused };
    const traffic = TRAFFIC[facts.kind];
    const [peer, who] = [peerOf(facts), whoOf(facts)];
    const key = JSON.stringify([traffic, peer, rule, now, draft]);
    const known = this.#groups.get(key);
    if (known === undefined && this.#groups.size >= MOST_GROUPS) {
      if (this.#leftOff.size < MOST_GROUPS) this.#leftOff.add(key);
      return;
    }
    const recorded = { kind: rule === null ? "admitted" : "refused", rule, detail: "" } as const;
    const group = known ?? { traffic, peer, recorded, now, draft, count: 0, methods: {}, who: [], examples: [] };
    this.#groups.set(key, {
      ...group,
      count: group.count + count,
      methods: facts.kind === "inbound-request" ? oneMore(group.methods, facts.method, count) : group.methods,
      who: group.who.length < MOST_WHO ? [...new Set([...group.who, who])] : group.who,
    });
  }
}

const TRAFFIC = {
  connection: "connection",
  "inbound-request": "inbound",
  "outbound-request": "outbound",
  unrecorded: "inbound",
} as const satisfies Record<PassageFacts["kind"], ReplayGroup["traffic"]>;

function oneMore(methods: ReplayGroup["methods"], method: string, count: number): ReplayGroup["methods"] {
  return { ...methods, [method]: (methods[method] ?? 0) + count };
}

function isSame(now: Outcome, draft: Outcome): boolean {
  return now.kind === draft.kind && now.rule === draft.rule && now.detail === draft.detail;
}

function peerOf(facts: PassageFacts): string {
  if (facts.kind === "unrecorded") return "";
  return facts.kind === "connection" ? (facts.hop?.domain ?? labelOf(facts.peer)) : facts.domain;
}

function whoOf(facts: PassageFacts): string {
  if (facts.kind === "unrecorded") return "";
  return facts.kind === "outbound-request" ? (facts.uri ?? facts.domain) : labelOf(facts.peer);
}

/** What it is called in decision events: a name of its certificate, else its address. */
function labelOf({ certificate, address }: Extract<PassageFacts, { readonly kind: "connection" }>["peer"]): string {
  return certificate?.subjectCommonName?.toLowerCase() ?? certificate?.dnsNames[0]?.toLowerCase() ?? address;
}
