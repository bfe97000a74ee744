import { locale } from "../texts/texts.ts";

const SHORT = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const CLOCK = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const DAY_MS = 24 * 3600 * 1000;

/** A moment of the API for a narrow place: the time, or the day where it is a day away or more. `now`: ms since 1970. */
export function shortTime(instant: string, now: number): string {
  const at = new Date(instant);
  return Math.abs(now - at.getTime()) < DAY_MS ? SHORT.format(at) : DAY.format(at);
}

/** Seconds since 1970 as hours and minutes. */
export function clockTime(seconds: number): string {
  return CLOCK.format(seconds * 1000);
}

/** A moment of the API as a day. */
export function dayOf(instant: string): string {
  return DAY.format(new Date(instant));
}

/** A moment of the API as hours, minutes and seconds, however long ago. */
export function clockOf(instant: string): string {
  return SHORT.format(new Date(instant));
}
