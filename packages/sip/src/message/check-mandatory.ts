import { headerId } from "./header-name.ts";
import type { Headers } from "./headers.ts";
import type { SipMessage, SipRequest } from "./message.ts";
import { MessageProblem } from "./message-problem.ts";
import { schemeOf } from "./sip-uri.ts";
import { MalformedMessageError, problem, SyntaxProblem } from "./syntax-problem.ts";

/** Headers that may come once only (RFC 3261 §7.3.1: no list in their grammar). */
const singular: readonly (readonly [number, string])[] = [
  [headerId.from, "From"],
  [headerId.to, "To"],
  [headerId.callId, "Call-ID"],
  [headerId.cseq, "CSeq"],
  [headerId.maxForwards, "Max-Forwards"],
  [headerId.contentType, "Content-Type"],
  [headerId.event, "Event"],
  [headerId.expires, "Expires"],
  [headerId.subscriptionState, "Subscription-State"],
];

/** Each reads one header, and throws MalformedMessageError when it cannot. */
const readings: readonly (readonly [string, (message: SipMessage) => unknown])[] = [
  ["Via", (message) => [message.topVia, message.vias]],
  ["From", (message) => message.from],
  ["To", (message) => message.to],
  ["Call-ID", (message) => message.callId],
  ["CSeq", (message) => message.cseq],
  ["Max-Forwards", (message) => message.maxForwards],
  ["Contact", (message) => message.contacts],
  ["Route", (message) => message.routes],
  ["Record-Route", (message) => message.recordRoutes],
  ["Content-Type", (message) => message.contentType],
  ["Event", (message) => message.event],
  ["Subscription-State", (message) => message.subscriptionState],
];

/**
 * Whether a message has what RFC 3261 §8.1.1 demands, once each where once is the rule, all readable, and for a request
 * a CSeq of its method and a readable Request-URI. A missing Max-Forwards or tag is let through (RFC 2543 sent none).
 * A foreign scheme in the Request-URI is no problem here: `uri()` says 416. After undefined no accessor throws.
 */
export function checkMandatory(message: SipMessage): MessageProblem | undefined {
  const found =
    repeated(message.headers) ?? unreadable(message) ?? (message.kind === "request" ? unfit(message) : undefined);
  if (found === undefined) return undefined;
  return new MessageProblem(found, message.kind === "request" && message.method !== "ACK" ? message : undefined);
}

function repeated(headers: Headers): SyntaxProblem | undefined {
  for (const [id, name] of singular) {
    const line = headers.indexOf(id);
    const again = line < 0 ? -1 : headers.after(line);
    if (again >= 0) return problem(`second ${name}`, headers.lineFrom(again));
  }
  return undefined;
}

function unreadable(message: SipMessage): SyntaxProblem | undefined {
  for (const [name, read] of readings) {
    try {
      read(message);
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      return problem(`${name}: ${error.problem.reason}`, error.problem.offset);
    }
  }
  return undefined;
}

function unfit(request: SipRequest): SyntaxProblem | undefined {
  if (request.cseq.method !== request.method) return problem("CSeq of another method", 0);
  if (request.topVia.branch === "z9hG4bK") return problem("Via: branch without identifier", 0);
  const scheme = schemeOf(request.requestUri);
  const uri = scheme === undefined || scheme === "sip" || scheme === "sips" ? request.uri() : undefined;
  if (uri instanceof SyntaxProblem)
    return problem(`Request-URI: ${uri.reason}`, request.method.length + 1 + uri.offset);
  return uri !== undefined && uri.headers.length > 0 ? problem("headers in Request-URI", 0) : undefined;
}
