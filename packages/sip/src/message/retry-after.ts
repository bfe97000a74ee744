import type { SipResponse } from "./message.ts";

/**
 * Retry-After in seconds (RFC 3261 §20.33); undefined without one that can be read. A comment and parameters may stand
 * behind the number.
 */
export function retryAfterOf(response: SipResponse): number | undefined {
  return secondsOf(response.first("Retry-After"));
}

/** The number of seconds a header value begins with. */
export function secondsOf(value: string | undefined): number | undefined {
  const seconds = Number.parseInt(value ?? "", 10);
  return Number.isSafeInteger(seconds) && seconds >= 0 ? seconds : undefined;
}
