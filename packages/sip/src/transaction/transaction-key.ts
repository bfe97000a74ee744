import type { SipRequest, SipResponse } from "../message/message.ts";

const MAGIC_COOKIE = "z9hG4bK";
/** No header value can hold it, so that the parts of a key cannot run into each other. */
const SEPARATOR = "\n";

/**
 * Which server transaction a request belongs to (RFC 3261 §17.2.3): top branch, sent-by and method, ACK counted as
 * INVITE. Without the magic cookie the RFC 2543 fields stand in; the To tag is left to the caller, since an ACK carries
 * one that its INVITE did not.
 */
export function serverKey(request: SipRequest, method: string = matchedMethod(request.method)): string {
  const via = request.topVia;
  const branch = via.branch;
  if (branch === undefined || branch.length <= MAGIC_COOKIE.length || !isCookie(branch)) {
    return keyOfRfc2543(request, method);
  }
  return `${branch}${SEPARATOR}${via.host}:${via.port ?? ""}${SEPARATOR}${method}`;
}

/** RFC 3261 §17.2.3: an ACK is looked up as the INVITE it acknowledges. */
function matchedMethod(method: string): string {
  return method === "ACK" ? "INVITE" : method;
}

/** RFC 3261 §8.1.1.7: the cookie is matched without regard to case, as all tokens are (§7.3.1). */
function isCookie(branch: string): boolean {
  return branch.startsWith(MAGIC_COOKIE) || branch.slice(0, MAGIC_COOKIE.length).toLowerCase() === "z9hg4bk";
}

function keyOfRfc2543(request: SipRequest, method: string): string {
  const { from, callId, cseq, topVia } = request;
  const toTag = method === "INVITE" ? "" : (request.to.tag ?? "");
  return ["", request.requestUri, toTag, from.tag ?? "", callId, `${cseq.number} ${method}`, topVia.text].join(
    SEPARATOR,
  );
}

/** Same request by another path (RFC 3261 §8.2.2.2): equal for requests that merged. Only for those without To tag. */
export function mergeKey(request: SipRequest): string {
  const { number, method } = request.cseq;
  return [request.callId, request.from.tag ?? "", `${number} ${method}`].join(SEPARATOR);
}

/** Which client transaction a response belongs to (RFC 3261 §17.1.3). CANCEL shares the branch of its INVITE. */
export function clientKey(branch: string, method: string): string {
  return method === "CANCEL" ? `${branch}${SEPARATOR}CANCEL` : branch;
}

export function clientKeyOf(response: SipResponse): string | undefined {
  const branch = response.topVia.branch;
  return branch === undefined ? undefined : clientKey(branch, response.cseq.method);
}
