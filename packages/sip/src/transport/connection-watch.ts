/** What a stream connection knows of its own traffic; times in milliseconds since 1970. */
export interface Traffic {
  readonly direction: "inbound" | "outbound";
  readonly lastReceivedAt: number;
  /** The last whole message, in either direction; pings do not count. */
  readonly lastMessageAt: number;
  /** Since when octets of an unfinished message wait. */
  readonly partialSince: number | undefined;
  /** When the last CRLFCRLF left, until octets come back. */
  readonly pingedAt: number | undefined;
  /** Whether the peer is known to answer pings; only implementations of RFC 5626 do (§3.5.1, note). */
  readonly answersPings: "unknown" | "yes" | "no";
  /** How long to stay quiet before the next ping, drawn anew for each (RFC 5626 §4.4.1); 0 = no pings. */
  readonly pingAfterMs: number;
}

export interface WatchLimits {
  readonly partialMessageMs: number;
  readonly idleMs: number;
  readonly pongTimeoutMs: number;
}

export type WatchAdvice = "none" | "ping" | "ping-unanswered" | CloseReason;

/** Why a connection is closed by us for what its peer does not do. */
export type CloseReason = "unfinished-message" | "pong-missing" | "idle";

/**
 * What to do about a connection now. A first ping that stays unanswered says only that this peer does not answer pings
 * ("ping-unanswered": send no more); one who answered before and then does not is gone.
 */
export function watch(traffic: Traffic, limits: WatchLimits, now: number): WatchAdvice {
  const { partialSince, pingedAt, answersPings, pingAfterMs } = traffic;
  if (partialSince !== undefined && now - partialSince >= limits.partialMessageMs) return "unfinished-message";
  if (pingedAt !== undefined && now - pingedAt >= limits.pongTimeoutMs) {
    return answersPings === "yes" ? "pong-missing" : "ping-unanswered";
  }
  if (now - traffic.lastMessageAt >= limits.idleMs) return "idle";
  const mayPing = traffic.direction === "outbound" && pingAfterMs > 0 && answersPings !== "no";
  if (mayPing && pingedAt === undefined && now - traffic.lastReceivedAt >= pingAfterMs) return "ping";
  return "none";
}
