import { CR, decimal, endOfToken, LF, SLASH, SP, skipBlanks, trimEnd } from "./character-classes.ts";
import { editHeaders } from "./header-edit.ts";
import { headerId } from "./header-name.ts";
import { Headers } from "./headers.ts";
import { type SipMessage, SipRequest, SipResponse } from "./message.ts";
import { MessageProblem } from "./message-problem.ts";
import { asBuffer, OctetText } from "./octet-text.ts";
import { scanHead } from "./scanner.ts";
import { problem, SyntaxProblem } from "./syntax-problem.ts";

/** How the message came: a datagram ends where it ends, a stream is cut by Content-Length (RFC 3261 §18.3). */
export type Framing = "datagram" | "stream";

const noBody = new Uint8Array(0);
const endOfHeader = Buffer.from("\r\n\r\n");

/**
 * Parses one whole message. Line ends before the start line are skipped (RFC 3261 §7.5). Octets of a datagram after the
 * body are dropped (§18.3), one without Content-Length gets it: every message states its length. Never throws. A problem names its status, and holds the request when it can be answered.
 */
export function parseMessage(bytes: Uint8Array, framing: Framing): SipMessage | MessageProblem {
  const octets = afterLineEnds(asBuffer(bytes));
  const head = parseHead(octets);
  if (head === undefined) return unterminated(octets);
  const { length } = head.headers.text;
  return completeMessage(head, octets.length > length ? octets.subarray(length) : noBody, framing);
}

/** A header section that is read, and how long its body is. */
export interface Head {
  readonly headers: Headers;
  /** What is wrong with lines or Content-Length: nobody can say where this message ends. */
  readonly unframed: SyntaxProblem | undefined;
  /** Undefined when there is no Content-Length. */
  readonly contentLength: number | undefined;
}

/** Reads lines and Content-Length of the header section at the beginning of `octets`; undefined when it does not end there. */
export function parseHead(octets: Buffer): Head | undefined {
  const { marks, first, end, problem: malformed } = scanHead(octets);
  if (malformed === undefined && end < 0) return undefined;
  const headEnd = malformed === undefined ? end : octets.indexOf(endOfHeader) + endOfHeader.length;
  if (headEnd < endOfHeader.length) return undefined;
  const headers = new Headers({ source: new OctetText(octets.toString("latin1", 0, headEnd), octets), first, marks });
  if (malformed !== undefined) return { headers, unframed: malformed, contentLength: undefined };
  const contentLength = contentLengthOf(headers);
  return contentLength instanceof SyntaxProblem
    ? { headers, unframed: contentLength, contentLength: undefined }
    : { headers, unframed: undefined, contentLength };
}

/** Digits only, once only: two Content-Length lines are refused even when they agree (RFC 3261 §20.14, §7.3.1). */
function contentLengthOf(headers: Headers): number | undefined | SyntaxProblem {
  const line = headers.indexOf(headerId.contentLength);
  if (line < 0) return undefined;
  const again = headers.after(line);
  if (again >= 0) return problem("second Content-Length", headers.lineFrom(again));
  const { octets } = headers.source;
  const end = headers.lineEnd(line);
  const from = skipBlanks(octets, headers.valueFrom(line), end);
  return decimal(octets, from, trimEnd(octets, from, end)) ?? problem("malformed Content-Length", from);
}

/** The message of a header section and the octets after it. */
export function completeMessage(head: Head, rest: Uint8Array, framing: Framing): SipMessage | MessageProblem {
  const { headers, unframed, contentLength } = head;
  if (unframed !== undefined || (contentLength === undefined && framing === "stream")) return unframedProblem(head);
  if (contentLength === undefined) {
    const stated = editHeaders(headers, { append: [["Content-Length", String(rest.length)]] });
    return parseStartLine(stated, rest.length === 0 ? noBody : rest);
  }
  if (contentLength > rest.length) return answerable(problem("body shorter than Content-Length", 0), headers);
  if (contentLength === rest.length) return parseStartLine(headers, contentLength === 0 ? noBody : rest);
  if (framing === "stream") return answerable(problem("octets after the body", headers.text.length), headers);
  return parseStartLine(headers, contentLength === 0 ? noBody : rest.subarray(0, contentLength));
}

/** Why the end of this message on a stream is unknown: malformed lines, or no Content-Length (RFC 3261 §18.3). */
export function unframedProblem({ headers, unframed }: Head): MessageProblem {
  return answerable(unframed ?? problem("Content-Length missing", headers.text.length), headers);
}

function parseStartLine(headers: Headers, body: Uint8Array): SipMessage | MessageProblem {
  const { text, octets } = headers.source;
  const end = headers.first - 2;
  if (octets[3] === SLASH && octets[7] === SP && isVersion(text, 0)) return parseStatusLine(headers, body);
  const method = endOfToken(octets, 0, end);
  const version = end - 7;
  if (method === 0 || octets[method] !== SP || octets[version - 1] !== SP || version < method + 3) {
    return answerable(problem("Request-Line expected", method), headers);
  }
  const space = text.indexOf(" ", method + 1);
  if (space !== version - 1) return answerable(problem("blank in Request-Line", space), headers);
  if (!isVersion(text, version)) return answerable(wrongVersion(text.slice(version, end), version), headers);
  return new SipRequest({ method: text.slice(0, method), requestUri: text.slice(method + 1, space), headers, body });
}

/** `SIP/2.0` in any case (RFC 3261 §7.1). */
function isVersion(text: string, from: number): boolean {
  return text.startsWith("SIP/2.0", from) || /^sip\/2\.0$/i.test(text.slice(from, from + 7));
}

function wrongVersion(version: string, offset: number): SyntaxProblem {
  return /^SIP\/\d\.\d$/i.test(version)
    ? new SyntaxProblem({ status: 505, reason: "Version Not Supported", offset })
    : problem("SIP-Version expected", offset);
}

function parseStatusLine(headers: Headers, body: Uint8Array): SipResponse | MessageProblem {
  const { text, octets } = headers.source;
  const end = headers.first - 2;
  const status = decimal(octets, 8, Math.min(11, end)) ?? 0;
  if (status < 100 || status > 699) return answerable(problem("status code of 100 to 699 expected", 8), headers);
  if (end > 11 && octets[11] !== SP) return answerable(problem("blank after status code expected", 11), headers);
  return new SipResponse({ status, reason: text.slice(12, end), headers, body });
}

/** A datagram without an empty line: what there is of its header, to answer it. */
function unterminated(octets: Buffer): MessageProblem {
  const found = problem("header without end", octets.length);
  const hasLineEnd = octets.length > 0 && octets[octets.length - 1] === LF;
  const head = parseHead(Buffer.concat([octets, hasLineEnd ? endOfHeader.subarray(2) : endOfHeader]));
  return head === undefined ? new MessageProblem(found, undefined) : answerable(found, head.headers);
}

/** The problem with the request it is in, when that is a request with a Via to answer it by, and no ACK. */
export function answerable(found: SyntaxProblem, headers: Headers): MessageProblem {
  const method = headers.text.slice(0, endOfToken(headers.source.octets, 0, headers.first));
  if (method === "" || method === "ACK" || isVersion(headers.text, 0)) return new MessageProblem(found, undefined);
  if (headers.indexOf(headerId.via) < 0) return new MessageProblem(found, undefined);
  return new MessageProblem(found, new SipRequest({ method, requestUri: "", headers, body: noBody }));
}

function afterLineEnds(octets: Buffer): Buffer {
  let start = 0;
  while (octets[start] === CR || octets[start] === LF) start += 1;
  return start === 0 ? octets : octets.subarray(start);
}
