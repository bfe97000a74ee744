import { buildRequest } from "../message/build-request.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { HeaderLine } from "./answer.ts";

const MAX_FORWARDS: HeaderLine = ["Max-Forwards", "70"];

/** The ACK of a 3xx-6xx (RFC 3261 §17.1.1.3): Via, Route and the rest of the INVITE, To of the response. */
export function acknowledgeRefusal(invite: SipRequest, response: SipResponse): SipRequest {
  return sameHopRequest(invite, "ACK", response.first("To") ?? "");
}

/** The CANCEL of a request (RFC 3261 §9.1): all of the request's own, its one Via included. */
export function cancelOf(invite: SipRequest): SipRequest {
  return sameHopRequest(invite, "CANCEL", invite.first("To") ?? "");
}

function sameHopRequest(invite: SipRequest, method: "ACK" | "CANCEL", to: string): SipRequest {
  const headers: HeaderLine[] = [
    ["Via", invite.topVia.text],
    MAX_FORWARDS,
    ["From", invite.first("From") ?? ""],
    ["To", to],
    ["Call-ID", invite.callId],
    ["CSeq", `${invite.cseq.number} ${method}`],
  ];
  for (const route of invite.all("Route")) headers.push(["Route", route]);
  return buildRequest({ method, requestUri: invite.requestUri, headers });
}
