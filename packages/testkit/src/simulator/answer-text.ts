import type { SipRequest } from "@interpres/sip";

export interface Answer {
  readonly status: string;
  /** For a To that has none yet. */
  readonly toTag: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/** A response as it goes on the wire. */
export function answerText(request: SipRequest, { status, toTag, headers, body }: Answer): string {
  const to = request.to.tag === undefined ? `${request.to.text};tag=${toTag}` : request.to.text;
  return [
    `SIP/2.0 ${status}`,
    ...request.values("Via").map((via) => `Via: ${via}`),
    `From: ${request.from.text}`,
    `To: ${to}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq.number} ${request.cseq.method}`,
    ...headers,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
}
