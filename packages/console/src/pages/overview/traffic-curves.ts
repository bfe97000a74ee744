import { type LampName, lampNames, noTraffic, type Traffic } from "@interpres/admin-api";

const MINUTE_S = 60;

/** One value for each minute of the time shown. */
export interface TrafficCurves {
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly values: Readonly<Record<LampName | "failed", readonly number[]>>;
}

/** The last hour, or all there is where that is more; minutes without traffic are zero. */
export function trafficCurves({ until, minutes }: Traffic): TrafficCurves {
  const last = minuteOf(until);
  const first = Math.min(last - MINUTE_S * 60, ...minutes.slice(0, 1).map(({ at }) => minuteOf(at)));
  const byTime = new Map(minutes.map((minute) => [minuteOf(minute.at), minute]));
  const times = Array.from({ length: (last - first) / MINUTE_S + 1 }, (_none, at) => first + at * MINUTE_S);
  const passed = (name: LampName) => times.map((time) => byTime.get(time)?.passed[name] ?? 0);
  const failed = times.map((time) =>
    lampNames.reduce((sum, name) => sum + (byTime.get(time)?.failed ?? noTraffic)[name], 0),
  );
  return {
    times,
    values: {
      presenceIn: passed("presenceIn"),
      presenceOut: passed("presenceOut"),
      imIn: passed("imIn"),
      imOut: passed("imOut"),
      failed,
    },
  };
}

function minuteOf(instant: string): number {
  return Math.floor(Date.parse(instant) / 1000 / MINUTE_S) * MINUTE_S;
}
