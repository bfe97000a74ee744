import { fill, locale, texts } from "../texts/texts.ts";

const MOMENT = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });

/** An instant of the API for a person, in her own time zone; a dash where there is none. */
export function momentText(instant: string | null): string {
  return instant === null ? texts.template.none : MOMENT.format(new Date(instant));
}

/** How long something has lasted: `2 d 03:14:07`. */
export function durationText(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return fill(texts.template.duration, { days: Math.floor(seconds / 86_400), time });
}

/** An instant of the API as a `datetime-local` field has it: the reader's time zone, to the minute; empty where it is none. */
export function fieldMoment(instant: string | null): string {
  const at = new Date(instant ?? "");
  if (Number.isNaN(at.getTime())) return "";
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What such a field gives, as an instant of the API; empty where it is. */
export function momentOf(typed: string): string {
  return typed === "" ? "" : new Date(typed).toISOString();
}
