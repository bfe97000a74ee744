import { instantText } from "../admin/http/instant.ts";
import type { Answered } from "./judge-answer.ts";
import type { Finding } from "./report.ts";

const MOST_APART_MS = 5 * 60_000;
export const SET_CLOCK = "set the clock that is wrong, and keep both by NTP";

/** When a certificate holds, in milliseconds of the epoch. */
export interface Validity {
  readonly from: number;
  readonly until: number;
}

/** Our clock against the Date of an answer (RFC 3261 §20.17), and our own certificate by theirs. */
export function judgeClock(answered: Answered, now: number, own: Validity | undefined): Finding {
  const date = answered.kind === "answered" ? answered.response.first("Date") : undefined;
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return { outcome: "passed", seen: "they do not tell their time" };
  const apart = Math.abs(now - theirs);
  const seen = `theirs ${instantText(theirs)}, ours ${instantText(now)}`;
  if (own !== undefined && (theirs < own.from || theirs > own.until))
    return { outcome: "failed", seen: `${seen}; by theirs our certificate is not of today`, remedy: SET_CLOCK };
  if (apart <= MOST_APART_MS) return { outcome: "passed", seen };
  return { outcome: "failed", seen, remedy: SET_CLOCK };
}
