import { bodyOctets } from "./build-request.ts";
import { isToken, trimEnd } from "./character-classes.ts";
import { type HeaderField, writeFields } from "./header-edit.ts";
import { headerId } from "./header-name.ts";
import { isSendable } from "./header-text.ts";
import { Headers } from "./headers.ts";
import { type SipRequest, SipResponse } from "./message.ts";
import { parseNameAddrAt } from "./name-addr.ts";
import { OctetText } from "./octet-text.ts";
import { reasonPhrase } from "./status.ts";
import { SyntaxProblem } from "./syntax-problem.ts";

/** What a response adds to what it copies from the request. */
export interface ResponseParts {
  /** Instead of the usual phrase; in octets. */
  readonly reason?: string;
  /** Added to To when it has no tag yet. */
  readonly toTag?: string;
  readonly headers?: readonly HeaderField[];
  readonly body?: Uint8Array | string;
}

/** Methods whose responses can make a dialog (RFC 3261 §12.1, RFC 6665 §4, RFC 3515). */
const dialogMethods = new Set(["INVITE", "SUBSCRIBE", "NOTIFY", "REFER"]);

/**
 * Makes the response to a request (RFC 3261 §8.2.6): Via, From, To, Call-ID and CSeq lines octet by octet, Record-Route
 * in what can make a dialog (§12.1.1), Timestamp in a 100. Works for the request of a SyntaxProblem too.
 */
export function buildResponse(request: SipRequest, status: number, parts: ResponseParts = {}): SipResponse {
  const reason = parts.reason ?? reasonPhrase(status);
  if (!isSendable(reason)) throw new RangeError("reason phrase cannot be sent");
  const body = bodyOctets(parts.body);
  const startLine = `SIP/2.0 ${status} ${reason}\r\n`;
  let text = startLine + copyLines(request, headerId.via);
  if (status > 100 && status < 300 && dialogMethods.has(request.method))
    text += copyLines(request, headerId.recordRoute);
  text += copyLines(request, headerId.from) + copyTo(request, parts.toTag);
  text += copyLines(request, headerId.callId) + copyLines(request, headerId.cseq);
  if (status === 100) text += copyLines(request, headerId.timestamp);
  text += `${writeFields(parts.headers)}Content-Length: ${body.length}\r\n\r\n`;
  const headers = new Headers({ source: new OctetText(text), first: startLine.length });
  return new SipResponse({ status, reason, headers, body });
}

function copyLines({ headers }: SipRequest, id: number): string {
  let lines = "";
  for (let line = headers.indexOf(id); line >= 0; line = headers.after(line)) lines += headers.rawLine(line);
  return lines;
}

function copyTo({ headers }: SipRequest, tag: string | undefined): string {
  const line = headers.indexOf(headerId.to);
  if (line < 0) return "";
  if (tag === undefined) return headers.rawLine(line);
  if (!isToken(tag)) throw new RangeError("tag is no token");
  const to = parseNameAddrAt(headers.source, headers.valueFrom(line), headers.lineEnd(line));
  if (to instanceof SyntaxProblem || to.tag !== undefined) return headers.rawLine(line);
  const end = trimEnd(headers.source.octets, headers.valueFrom(line), headers.lineEnd(line));
  return `${headers.text.slice(headers.lineFrom(line), end)};tag=${tag}\r\n`;
}
