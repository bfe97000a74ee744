import { decodeUtf8 } from "../message/header-text.ts";
import type { SipResponse } from "../message/message.ts";
import { retryAfterOf, secondsOf } from "../message/retry-after.ts";
import type { Refusal } from "./subscription-state.ts";

/** The grant of a 2xx: Expires, never more than was asked (RFC 6665 §4.1.2.1); what was asked when it is missing. */
export function acceptedExpires(response: SipResponse, askedSeconds: number): number {
  return Math.min(response.expires ?? askedSeconds, askedSeconds);
}

/** Min-Expires of a 423 (RFC 6665 §4.2.1.1). */
export function minExpiresOf(response: SipResponse): number | undefined {
  return response.status === 423 ? secondsOf(response.first("Min-Expires")) : undefined;
}

export function refusalOf(response: SipResponse): Refusal {
  const minExpiresSeconds = minExpiresOf(response);
  const retryAfterSeconds = retryAfterOf(response);
  return {
    status: response.status,
    reason: decodeUtf8(response.reason),
    cause: "response",
    response,
    ...(minExpiresSeconds === undefined ? {} : { minExpiresSeconds }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}
