import { peerReasonsIn } from "@interpres/federation";
import type { SipResponse } from "@interpres/sip";
import type { Finding } from "./report.ts";
import { tlsFailure } from "./tls-failure.ts";

/** What became of a request on the probe's own connection. */
export type Answered =
  | { readonly kind: "answered"; readonly response: SipResponse; readonly afterMs: number }
  | { readonly kind: "closed"; readonly detail: string }
  | { readonly kind: "silent"; readonly seconds: number }
  /** It did not leave: too much waits for this peer already. */
  | { readonly kind: "held-back" };

const NOT_ALLOWED = "they must allow our domain, and know us by the name in our certificate";

/** What the answer to a probe says; `accepts` are the statuses that show that the peer took it, beside 2xx. */
export function judgeAnswer(method: "OPTIONS" | "SUBSCRIBE", answered: Answered): Finding {
  switch (answered.kind) {
    case "answered":
      return judgePace(answered.afterMs, judgeResponse(method, answered.response));
    case "closed": {
      const { seen, remedy } = tlsFailure(answered.detail);
      return { outcome: "failed", seen: `the connection was closed instead of an answer: ${seen}`, remedy };
    }
    case "silent":
      return {
        outcome: "failed",
        seen: `no answer to ${method} within ${answered.seconds} s`,
        remedy: "their server took the connection and does not answer: look there whether it knows our domain",
      };
    case "held-back":
      return {
        outcome: "failed",
        seen: "too many requests wait for this peer already",
        remedy: "wait: requests leave no faster than the peer allows",
      };
  }
}

/** What helps against a peer's limits. */
export const HELD_BACK =
  "they hold us back: have them list our domain, which lifts the limit for unlisted partners, and send less meanwhile";
/** A server that is well answers at once; one that allows a partner one request a second lets some wait (dialect facts §1.3). */
const SLOW_MS = 2000;

function judgePace(afterMs: number, finding: Finding): Finding {
  if (afterMs < SLOW_MS || finding.outcome === "failed") return finding;
  const seen = `${finding.seen}; after ${(afterMs / 1000).toFixed(1)} s`;
  return { outcome: "warned", seen, remedy: `they are overloaded, or ${HELD_BACK}` };
}

/** 429 answers a REFER only (RFC 3892); to these requests it is HTTP's, of whatever counts them before a SIP server does. */
function isThrottled(response: SipResponse): boolean {
  const { status } = response;
  return status === 503 || status === 429 || (status === 500 && response.first("Retry-After") !== undefined);
}

function judgeResponse(method: "OPTIONS" | "SUBSCRIBE", response: SipResponse): Finding {
  const { status, reason } = response;
  const reasons = peerReasonsIn(response);
  const seen = [`${status} ${reason} to ${method}`, ...reasons.map(({ text }) => text)].join("; ");
  const told = reasons.find(({ remedy }) => remedy !== undefined)?.remedy;
  if (status < 300) return { outcome: "passed", seen };
  if (status === 403 || status === 401 || status === 407 || status === 606)
    return { outcome: "failed", seen, remedy: told ?? NOT_ALLOWED };
  if (isThrottled(response))
    return { outcome: "failed", seen: `${seen}${retryAfter(response)}`, remedy: told ?? HELD_BACK };
  if (status === 489) return { outcome: "failed", seen, remedy: "they do not offer presence: nothing to do here" };
  if (status === 504 || status === 502)
    return {
      outcome: "failed",
      seen,
      remedy: told ?? "their Edge does not reach what is behind it, or us: look there",
    };
  if (status >= 500 && method === "SUBSCRIBE")
    return { outcome: "warned", seen, remedy: told ?? "look at their server" };
  // It was routed to their side and answered: nobody is called so, or it is not offered.
  return { outcome: "passed", seen: `${seen}; it reached their server, and that is what was asked` };
}

function retryAfter(response: SipResponse): string {
  const value = response.first("Retry-After");
  return value === undefined ? "" : `; Retry-After ${value}`;
}
