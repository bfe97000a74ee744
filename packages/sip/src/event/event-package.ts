import type { SipRequest } from "../message/message.ts";

/** An event package as we notify it (RFC 6665 §7.2): what we can send, and for how long we promise it. */
export interface EventPackage {
  readonly name: string;
  /** In order of preference; the first is what an absent Accept means. */
  readonly contentTypes: readonly string[];
  readonly defaultExpiresSeconds: number;
  /** Shorter wishes other than 0 are answered 423. */
  readonly minExpiresSeconds: number;
  /** Longer wishes are cut to this. */
  readonly maxExpiresSeconds: number;
}

/** RFC 3856 §6.4: an hour unless asked otherwise; §6.7: PIDF is what everybody understands. */
export const presencePackage: EventPackage = {
  name: "presence",
  contentTypes: ["application/pidf+xml"],
  defaultExpiresSeconds: 3600,
  minExpiresSeconds: 60,
  maxExpiresSeconds: 7200,
};

/** What the watcher gets for its Expires header (RFC 6665 §4.2.1.1): a grant, or 423. */
export function grantOf(
  request: SipRequest,
  { defaultExpiresSeconds, minExpiresSeconds, maxExpiresSeconds }: EventPackage,
): number | "too-brief" {
  const asked = request.expires ?? defaultExpiresSeconds;
  if (asked > 0 && asked < minExpiresSeconds) return "too-brief";
  return Math.min(asked, maxExpiresSeconds);
}

/** Accept fields that are looked at; more is no honest list. */
const MOST_RANGES = 64;

/** The first of `offered` that Accept takes (RFC 3261 §20.1), wildcards included; undefined is 406. Absent takes the first. */
export function acceptedType(request: SipRequest, offered: readonly string[]): string | undefined {
  const ranges = request.values("Accept").slice(0, MOST_RANGES).map(rangeOf);
  if (ranges.length === 0 && request.first("Accept") === undefined) return offered[0];
  return offered.find((type) => ranges.some((range) => range.isWanted && matches(range.type, type)));
}

interface MediaRange {
  readonly type: string;
  readonly isWanted: boolean;
}

function rangeOf(value: string): MediaRange {
  const [type = "", ...parameters] = value.toLowerCase().split(";");
  const isWanted = !parameters.some((parameter) => /^\s*q\s*=\s*0(\.0*)?\s*$/.test(parameter));
  return { type: type.replaceAll(/\s/g, ""), isWanted };
}

function matches(range: string, type: string): boolean {
  if (range === "*/*" || range === "*") return true;
  return range.endsWith("/*") ? type.startsWith(range.slice(0, -1)) : range === type;
}

/** Fatal for a subscription, as answer to SUBSCRIBE (RFC 6665 §4.1.2.2) and to NOTIFY alike (§4.2.2). */
export function endsSubscription(status: number): boolean {
  return fatalStatuses.has(status);
}

const fatalStatuses: ReadonlySet<number> = new Set([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]);
