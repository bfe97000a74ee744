import type { Passage, PassageFacts } from "@interpres/federation";
import type { Clock, Timer } from "@interpres/runtime";
import { sql } from "kysely";
import type { Database } from "./database.ts";
import { KEPT_MS } from "./decision-table.ts";
import { queries, statement, template } from "./queries.ts";
import type { PassageRow } from "./tables.ts";

/** Counts are kept by the hour: what is asked for begins and ends with one. */
export const PASSAGE_HOUR_MS = 3600 * 1000;
const COLLECT_EVERY_MS = 10_000;

const add = template<PassageRow>((value) =>
  queries
    .insertInto("passage")
    .values({ facts: value("facts"), rule: value("rule"), hour: value("hour"), count: value("count") })
    .onConflict((conflict) =>
      conflict.columns(["facts", "rule", "hour"]).doUpdateSet({ count: sql<number>`passage.count + excluded.count` }),
    ),
);

/** Hours since 1970: from `from` on and before `before`. */
export interface HourRange {
  readonly from: number;
  readonly before: number;
}

/** The hours that times (milliseconds since 1970) lie in, whole. */
export function hoursOf({ from, to }: { readonly from: number; readonly to: number }): HourRange {
  return { from: Math.floor(from / PASSAGE_HOUR_MS), before: Math.floor(to / PASSAGE_HOUR_MS) + 1 };
}

/** What was decided on traffic within the last seven days, as counts; the last ten seconds are lost with the process. */
export class PassageTable {
  readonly #database: Database;
  readonly #clock: Clock;
  #drain: () => readonly Passage[] = () => [];
  #collecting: Timer | undefined;
  #prunedHour = 0;

  constructor(ports: { readonly database: Database; readonly clock: Clock }) {
    this.#database = ports.database;
    this.#clock = ports.clock;
  }

  /** From now on takes what `drain` gives, every ten seconds and before it is asked for anything. */
  collect(drain: () => readonly Passage[]): void {
    this.#drain = drain;
    this.#collectLater();
  }

  /** How much there is to page through, and the first hour of the range that anything was counted in. */
  async extent(range: HourRange): Promise<{ readonly size: number; readonly firstHour: number | undefined }> {
    this.#take();
    const distinct = inOrder(range).select(["facts", "rule"]).distinct().as("each");
    const [counted] = await this.#database.read(
      queries.selectFrom(distinct).select(({ fn }) => fn.countAll<number>().as("size")),
    );
    const [found] = await this.#database.read(within(range).select(({ fn }) => fn.min("hour").as("first")));
    const first: number | null | undefined = found?.first;
    return { size: Number(counted?.size ?? 0), firstHour: first === null || first === undefined ? undefined : first };
  }

  /** Some of what was counted in the whole range, each pair of facts and rule once: those that come after `last` in their order. */
  async page(range: HourRange, last: Passage | undefined, limit: number): Promise<readonly Passage[]> {
    const after = last === undefined ? { facts: "", rule: "" } : keyOf(last);
    const rows = await this.#database.read(
      inOrder(range)
        .select(({ fn }) => ["facts", "rule", fn.sum<number>("count").as("count")])
        .where(({ eb, refTuple, tuple }) => eb(refTuple("facts", "rule"), ">", tuple(after.facts, after.rule)))
        .groupBy(["facts", "rule"])
        .orderBy("facts")
        .orderBy("rule")
        .limit(limit),
    );
    return rows.map(({ facts, rule, count }) => ({
      facts: JSON.parse(facts) as PassageFacts,
      rule: rule === "" ? null : rule,
      count: Number(count),
    }));
  }

  /** Takes what was counted and ends the collecting. */
  stop(): void {
    this.#collecting?.cancel();
    this.#collecting = undefined;
    this.#take();
  }

  #collectLater(): void {
    this.#collecting = this.#clock.after(COLLECT_EVERY_MS, () => {
      this.#take();
      this.#collectLater();
    });
  }

  #take(): void {
    const hour = Math.floor(this.#clock.now() / PASSAGE_HOUR_MS);
    const passages = this.#drain();
    const rows = passages.map((passage) => add({ ...keyOf(passage), hour, count: passage.count }));
    if (rows.length > 0) this.#database.put(rows);
    if (hour === this.#prunedHour) return;
    this.#prunedHour = hour;
    this.#database.put([statement(queries.deleteFrom("passage").where("hour", "<", hour - KEPT_MS / PASSAGE_HOUR_MS))]);
  }
}

function within({ from, before }: HourRange) {
  return queries.selectFrom("passage").where("hour", ">=", from).where("hour", "<", before);
}

/**
 * The same rows, by the index of their key: with a sign before it the index of hours is of no use, which would have every
 * page read and sort the whole range.
 */
function inOrder({ from, before }: HourRange) {
  const hour = sql<number>`+hour`;
  return queries.selectFrom("passage").where(hour, ">=", from).where(hour, "<", before);
}

function keyOf({ facts, rule }: Passage): Pick<PassageRow, "facts" | "rule"> {
  return { facts: JSON.stringify(facts), rule: rule ?? "" };
}
