import { noTraffic, type TrafficCounts } from "@interpres/admin-api";
import type { DecisionEvent } from "@interpres/runtime";
import { readingOf } from "./reading.ts";

export const MINUTE_MS = 60_000;
/** A day. */
const MINUTES_KEPT = 24 * 60;

/** What crossed the edge in one minute. */
export interface TrafficMinuteView {
  /** When it began, milliseconds since 1970. */
  readonly at: number;
  readonly passed: TrafficCounts;
  readonly failed: TrafficCounts;
}

/** How much passed and failed, minute by minute for the last day, by the decision events alone; nothing of it is stored. */
export class TrafficHistory {
  /** By the minute's number since 1970, oldest first: events come in the order they happened. */
  readonly #minutes = new Map<number, TrafficMinuteView>();

  saw(event: DecisionEvent): void {
    const reading = readingOf(event);
    if (reading === undefined) return;
    const minute = Math.floor(event.at / MINUTE_MS);
    const { passed, failed } = this.#minutes.get(minute) ?? { passed: noTraffic, failed: noTraffic };
    const at = minute * MINUTE_MS;
    const { kind, lamp } = reading;
    if (kind === "success") this.#minutes.set(minute, { at, passed: oneMore(passed, lamp), failed });
    else this.#minutes.set(minute, { at, passed, failed: oneMore(failed, lamp) });
    for (const old of this.#minutes.keys()) {
      if (old > minute - MINUTES_KEPT) break;
      this.#minutes.delete(old);
    }
  }

  /** Those of the day before `now` (milliseconds since 1970), oldest first. */
  minutes(now: number): readonly TrafficMinuteView[] {
    const oldest = now - MINUTES_KEPT * MINUTE_MS;
    return [...this.#minutes.values()].filter(({ at }) => at > oldest);
  }
}

function oneMore(counts: TrafficCounts, lamp: keyof TrafficCounts): TrafficCounts {
  return { ...counts, [lamp]: counts[lamp] + 1 };
}
