import type { PolicyReplay, ReplayGroup } from "@interpres/admin-api";
import type { Passage, Simulation } from "@interpres/federation";
import type { Clock, DecisionEvent, DecisionQuery } from "@interpres/runtime";
import { hoursOf, PASSAGE_HOUR_MS, type PassageTable } from "@interpres/store";
import { instantText } from "../http/instant.ts";
import { ReplayTally } from "./replay-tally.ts";

export interface ReplayParts {
  readonly clock: Clock;
  readonly passages: Pick<PassageTable, "extent" | "page">;
  readonly decisions: { query(query: DecisionQuery): Promise<readonly DecisionEvent[]> };
  /** The settings in force. */
  readonly now: Simulation;
  readonly draft: Simulation;
}

/** Milliseconds since 1970; the hours both lie in are looked at whole. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** Decided on in one turn; about five milliseconds. */
const SLICE = 100;
/** Between two slices, so that traffic goes first. */
const PAUSE_MS = 5;
const GROUPS_WITH_EXAMPLES = 20;
const MOST_EXAMPLES = 3;
const EVENTS_LOOKED_AT = 200;

/** What recorded traffic would meet under a draft, found in slices beside the traffic of now. */
export class Replay {
  readonly #parts: ReplayParts;
  readonly #period: Period;
  readonly #tally = new ReplayTally();
  #state: PolicyReplay["state"] = "running";
  #reason: string | undefined;
  #size = 0;
  #done = 0;
  #firstHour: number | undefined;
  #groups: readonly ReplayGroup[] | undefined;

  constructor(parts: ReplayParts, period: Period) {
    this.#parts = parts;
    this.#period = period;
  }

  get state(): PolicyReplay["state"] {
    return this.#state;
  }

  /** What was found so far stays. */
  cancel(): void {
    if (this.#state === "running") this.#state = "cancelled";
  }

  /** Settles when it is through, cancelled or failed; never rejects. */
  async run(): Promise<void> {
    try {
      await this.#walk();
      if (this.#state === "running") this.#groups = await this.#withExamples();
      if (this.#state === "running") this.#state = "done";
    } catch (error) {
      this.#reason = String(error);
      this.#state = "failed";
    }
  }

  /** How far it is, and what it has found. */
  view(): Omit<PolicyReplay, "id" | "version"> {
    const { from, before } = hoursOf(this.#period);
    const groups = this.#groups ?? this.#tally.groups;
    return {
      state: this.#state,
      from: instantText(from * PASSAGE_HOUR_MS),
      to: instantText(before * PASSAGE_HOUR_MS),
      recordedFrom: this.#firstHour === undefined ? null : instantText(this.#firstHour * PASSAGE_HOUR_MS),
      done: this.#done,
      size: this.#size,
      ...this.#tally.sums,
      groups: [...groups],
      groupsLeftOff: this.#tally.groupsLeftOff,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
    };
  }

  async #walk(): Promise<void> {
    const { clock, passages } = this.#parts;
    const hours = hoursOf(this.#period);
    const { size, firstHour } = await passages.extent(hours);
    this.#size = size;
    this.#firstHour = firstHour;
    for (let last: Passage | undefined; this.#state === "running"; ) {
      const slice = await passages.page(hours, last, SLICE);
      for (const passage of slice) this.#judge(passage);
      last = slice.at(-1);
      this.#done += slice.length;
      if (slice.length < SLICE) return;
      await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));
    }
  }

  #judge(passage: Passage): void {
    const { now, draft } = this.#parts;
    this.#tally.add({ passage, now: now.judge(passage), draft: draft.judge(passage) });
  }

  async #withExamples(): Promise<readonly ReplayGroup[]> {
    const groups: ReplayGroup[] = [];
    for (const [index, group] of this.#tally.groups.entries())
      groups.push(index < GROUPS_WITH_EXAMPLES ? { ...group, examples: await this.#examplesOf(group) } : group);
    return groups;
  }

  /** Events are sampled when there are many, and are told of by domain: they show how it looked, not each of what was counted. */
  async #examplesOf({ traffic, peer, recorded }: ReplayGroup): Promise<ReplayGroup["examples"]> {
    const { from, before } = hoursOf(this.#period);
    const [since, until] = [from * PASSAGE_HOUR_MS, before * PASSAGE_HOUR_MS];
    const events = await this.#parts.decisions.query({ peer, since, until, limit: EVENTS_LOOKED_AT });
    return events
      .filter((event) => isOfTraffic(event, traffic) && isRefusal(event) === (recorded.kind === "refused"))
      .slice(0, MOST_EXAMPLES)
      .map(({ id, at, user, peer: with_, result }) => ({
        id,
        at: instantText(at),
        ...(user === undefined ? {} : { user }),
        ...(with_ === undefined ? {} : { peer: with_ }),
        result,
      }));
  }
}

function isOfTraffic({ kind, direction }: DecisionEvent, traffic: ReplayGroup["traffic"]): boolean {
  return traffic === "connection" ? kind === "connection" : kind !== "connection" && direction === traffic;
}

/** Refused at the door, by a rule that a draft may change. */
function isRefusal({ kind, result }: DecisionEvent): boolean {
  return (kind === "connection" || kind === "request" || kind === "route") && result.startsWith("refused");
}
