import type { Clock, Timer } from "@interpres/runtime";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { secondsOf } from "../message/retry-after.ts";
import type { HeaderLine } from "../transaction/answer.ts";

/** RFC 4028 §5: no interval may be shorter. */
export const LEAST_INTERVAL_SECONDS = 90;
const MARGIN_SECONDS = 32;
/** A refresh that failed is not tried again in less (§10). */
const SHORTEST_RETRY_MS = 10_000;

/** A session interval both sides know of, and who refreshes the session within it. */
export interface SessionInterval {
  readonly seconds: number;
  readonly refresher: "us" | "peer";
}

/** What a session refresh request asks of us as its server (RFC 4028 §9); undefined: no timer. */
export function intervalAsked(request: SipRequest): SessionInterval | "too-brief" | undefined {
  const found = sessionExpires(request);
  if (found === undefined || !request.values("Supported").some(isTimer)) return undefined;
  if (found.seconds < LEAST_INTERVAL_SECONDS) return "too-brief";
  // Table 2: whoever leaves the choice to us refreshes himself.
  return { seconds: found.seconds, refresher: found.refresher === "uas" ? "us" : "peer" };
}

/** What a 2xx to a session refresh request of ours says (RFC 4028 §7.2); undefined: no timer, or no longer one. */
export function intervalGranted(response: SipResponse): SessionInterval | undefined {
  const found = sessionExpires(response);
  if (found === undefined) return undefined;
  const seconds = Math.max(LEAST_INTERVAL_SECONDS, found.seconds);
  return { seconds, refresher: found.refresher === "uas" ? "peer" : "us" };
}

/** Min-SE of a 422 (RFC 4028 §5). */
export function leastIntervalOf(response: SipResponse): number | undefined {
  return response.status === 422 ? secondsOf(response.first("Min-SE")) : undefined;
}

/** What our 2xx says of it (RFC 4028 §9): whoever asked supports the extension, so that it may be required. */
export function answerHeaders(interval: SessionInterval | undefined): readonly HeaderLine[] {
  if (interval === undefined) return [];
  return [sessionExpiresLine(interval, "uas"), ["Require", "timer"]];
}

/** What our session refresh request says of it (RFC 4028 §7.4). */
export function refreshHeaders(interval: SessionInterval): readonly HeaderLine[] {
  return [supportedLine, sessionExpiresLine(interval, "uac")];
}

/** RFC 4028 §7.1. */
export const supportedLine: HeaderLine = ["Supported", "timer"];

function sessionExpiresLine({ seconds, refresher }: SessionInterval, ourRole: "uac" | "uas"): HeaderLine {
  const theirs = ourRole === "uac" ? "uas" : "uac";
  return ["Session-Expires", `${seconds};refresher=${refresher === "us" ? ourRole : theirs}`];
}

function sessionExpires(message: SipMessage): { readonly seconds: number; readonly refresher: string } | undefined {
  const value = message.first("Session-Expires") ?? message.first("x");
  const [text, ...parameters] = (value ?? "").toLowerCase().split(";");
  const seconds = secondsOf(text);
  if (seconds === undefined) return undefined;
  const refresher = parameters.map((parameter) => parameter.replaceAll(/\s/g, "").split("="));
  return { seconds, refresher: refresher.find(([name]) => name === "refresher")?.[1] ?? "" };
}

function isTimer(option: string): boolean {
  return option.toLowerCase() === "timer";
}

export interface SessionTimerUser {
  /** It is for us to refresh the session. */
  refresh(interval: SessionInterval): void;
  /** The other side has not refreshed it in time. */
  expired(): void;
}

/** The time of one session until it is refreshed (RFC 4028 §7.2, §9, §10). */
export class SessionTimer {
  readonly #clock: Clock;
  readonly #user: SessionTimerUser;
  #timer: Timer | undefined;
  #expiresAt = 0;

  constructor(clock: Clock, user: SessionTimerUser) {
    this.#clock = clock;
    this.#user = user;
  }

  /** A 2xx to a session refresh request passed, either way, and says this. */
  agreed(interval: SessionInterval | undefined): void {
    this.stop();
    if (interval === undefined) return;
    this.#expiresAt = this.#clock.now() + interval.seconds * 1000;
    if (interval.refresher === "us") this.#refreshIn(interval.seconds * 500, interval);
    else this.#timer = this.#clock.after(hangUpAfterMs(interval.seconds), () => this.#user.expired());
  }

  /** A refresh came to nothing that may do better later: again in half of what is left, while something is. */
  refreshFailed(interval: SessionInterval): void {
    const delayMs = (this.#expiresAt - this.#clock.now()) / 2;
    if (delayMs >= SHORTEST_RETRY_MS) this.#refreshIn(delayMs, interval);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #refreshIn(delayMs: number, interval: SessionInterval): void {
    this.#timer = this.#clock.after(delayMs, () => this.#user.refresh(interval));
  }
}

/** When to hang up without a refresh: a third of the interval, at most 32 s, before its end (RFC 4028 §10). */
function hangUpAfterMs(seconds: number): number {
  return (seconds - Math.min(MARGIN_SECONDS, seconds / 3)) * 1000;
}
