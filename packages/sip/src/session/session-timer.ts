import type { SipRequest } from "../message/message.ts";
import type { HeaderLine } from "../transaction/answer.ts";

/** RFC 4028 §5: no interval may be shorter. */
export const LEAST_INTERVAL_SECONDS = 90;
const MARGIN_SECONDS = 32;

/** What a session refresh request asks of us as its server (RFC 4028 §9). */
export type SessionInterval =
  | { readonly kind: "none" }
  | { readonly kind: "too-brief" }
  | { readonly kind: "interval"; readonly seconds: number };

/** We let the other side refresh, so that a timer is taken only where it can: it supports timers and leaves it to itself. */
export function sessionInterval(request: SipRequest): SessionInterval {
  const value = request.first("Session-Expires") ?? request.first("x");
  if (value === undefined || !request.values("Supported").some(isTimer)) return { kind: "none" };
  const [text = "", ...parameters] = value.toLowerCase().split(";");
  const seconds = Number.parseInt(text, 10);
  if (!Number.isSafeInteger(seconds)) return { kind: "none" };
  if (seconds < LEAST_INTERVAL_SECONDS) return { kind: "too-brief" };
  const mustWeRefresh = parameters.some((parameter) => parameter.replaceAll(/\s/g, "") === "refresher=uas");
  return mustWeRefresh ? { kind: "none" } : { kind: "interval", seconds };
}

function isTimer(option: string): boolean {
  return option.toLowerCase() === "timer";
}

/** What the 2xx says (RFC 4028 §9, Table 2): the other side refreshes and has to know it. */
export function intervalHeaders(interval: SessionInterval): readonly HeaderLine[] {
  if (interval.kind !== "interval") return [];
  return [
    ["Session-Expires", `${interval.seconds};refresher=uac`],
    ["Require", "timer"],
  ];
}

/** When to hang up without a refresh: a third of the interval, at most 32 s, before its end (RFC 4028 §10). */
export function hangUpAfterMs(seconds: number): number {
  return (seconds - Math.min(MARGIN_SECONDS, seconds / 3)) * 1000;
}
