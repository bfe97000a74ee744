export const periods = ["day", "yesterday", "week"] as const;
export type Period = (typeof periods)[number];

const DAY_MS = 24 * 3600 * 1000;
/** The node has a limit of seven days; an hour less is sure to be within. */
const WEEK_MS = 7 * DAY_MS - 3600 * 1000;

/** From when to when, as the API takes it; `now` in milliseconds since 1970. Yesterday is the reader's. */
export function periodBefore(period: Period, now: number): { readonly from: string; readonly to: string } {
  const at = (milliseconds: number) => new Date(milliseconds).toISOString();
  if (period === "day") return { from: at(now - DAY_MS), to: at(now) };
  if (period === "week") return { from: at(now - WEEK_MS), to: at(now) };
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const dayBefore = new Date(midnight).setDate(new Date(midnight).getDate() - 1);
  return { from: at(dayBefore), to: at(midnight - 1) };
}
