import { acceptedType } from "../event/event-package.ts";
import type { SipRequest } from "../message/message.ts";
import { SyntaxProblem } from "../message/syntax-problem.ts";
import type { HeaderLine } from "../transaction/answer.ts";
import { allowedMethods, allowValue } from "../transaction/methods.ts";

/** An answer that ends the matter before any usage sees the request. */
export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: readonly HeaderLine[];
}

export interface CheckContext {
  /** Bodies of INVITE beside SDP that its user sees. */
  readonly invitationTypes: readonly string[];
  /** Whether the same request is under way by another path. */
  readonly isMerged: boolean;
}

type Check = (request: SipRequest, context: CheckContext) => Refusal | undefined;

/** Methods that are registered and not ours: 405; what nobody ever heard of: 501 (RFC 3261 §8.2.1, §21.5.2). */
const foreignMethods: ReadonlySet<string> = new Set(["REGISTER", "PUBLISH", "REFER", "PRACK", "NEGOTIATE", "SERVICE"]);
const ourMethods: ReadonlySet<string> = new Set(allowedMethods);
/** Option tags of which a Require may speak (RFC 4028). */
const supportedOptions: ReadonlySet<string> = new Set(["timer"]);
export const supportedValue = "timer";
/** What of a request goes on into the other world: there a request without hops left must not (RFC 3261 §8.1.1.6). */
const relayedMethods: ReadonlySet<string> = new Set(["INVITE", "MESSAGE", "SUBSCRIBE"]);

/** RFC 3261 §8.2.1. */
function checkMethod({ method }: SipRequest): Refusal | undefined {
  if (ourMethods.has(method)) return undefined;
  return { status: foreignMethods.has(method) ? 405 : 501, headers: [["Allow", allowValue]] };
}

/** RFC 3261 §8.2.2.1: 416 for a scheme other than SIP and SIPS. */
function checkScheme(request: SipRequest): Refusal | undefined {
  const uri = request.uri();
  return uri instanceof SyntaxProblem ? { status: uri.status } : undefined;
}

/** RFC 3261 §8.2.2.2. */
function checkMerged(_request: SipRequest, { isMerged }: CheckContext): Refusal | undefined {
  return isMerged ? { status: 482 } : undefined;
}

/** RFC 3261 §8.1.1.6 and §16.3 step 3, since we pass on; what ends here is handled whatever it says (§11, RFC 4475 §3.3.11). */
function checkMaxForwards(request: SipRequest): Refusal | undefined {
  const isSpent = request.maxForwards === 0 && request.to.tag === undefined;
  return isSpent && relayedMethods.has(request.method) ? { status: 483 } : undefined;
}

/** RFC 3261 §8.2.2.3. Proxy-Require is for proxies. */
function checkRequire(request: SipRequest): Refusal | undefined {
  const unknown = request.values("Require").filter((option) => !isMet(option.toLowerCase(), request));
  return unknown.length === 0 ? undefined : { status: 420, headers: [["Unsupported", unknown.join(", ")]] };
}

/** A NOTIFY with one plain document asks for nothing of RFC 4662, whatever it says: lists come as multipart (its §5). */
function isMet(option: string, { method, contentType }: SipRequest): boolean {
  if (option !== "eventlist" || method !== "NOTIFY") return supportedOptions.has(option);
  const type = contentType?.type ?? "";
  return !type.startsWith("multipart/") && type !== "application/rlmi+xml";
}

/** RFC 3261 §8.2.3: a coding we cannot undo. Languages are for people. */
function checkEncoding(request: SipRequest): Refusal | undefined {
  if (request.body.length === 0 || isOptional(request)) return undefined;
  const coded = request.values("Content-Encoding").some((coding) => coding.toLowerCase() !== "identity");
  return coded ? { status: 415, headers: [["Accept-Encoding", "identity"]] } : undefined;
}

/** RFC 3261 §20.11: handling=optional. */
function isOptional(request: SipRequest): boolean {
  return /;\s*handling\s*=\s*optional\b/i.test(request.first("Content-Disposition") ?? "");
}

/**
 * RFC 3261 §8.1.1.8: whoever asks for a dialog names one place where it is to be reached. An INVITE of RFC 2543 may
 * name none (RFC 4475 §3.4.1); then it is reached at its From.
 */
function checkContact(request: SipRequest): Refusal | undefined {
  const { method, contacts, to } = request;
  if (method !== "INVITE" && method !== "SUBSCRIBE") return undefined;
  const mayBeMissing = method === "INVITE" || to.tag !== undefined;
  const isFit = contacts.length === 1 ? contacts[0]?.uri !== "*" : contacts.length === 0 && mayBeMissing;
  return isFit ? undefined : { status: 400, reason: "One Contact expected" };
}

/** RFC 3261 §13.3.1: a body of INVITE is SDP, perhaps within a multipart, or a kind of invitation that its user knows. */
function checkOffer(request: SipRequest, { invitationTypes }: CheckContext): Refusal | undefined {
  if (request.method !== "INVITE") return undefined;
  if (acceptedType(request, ["application/sdp"]) === undefined) return { status: 406 };
  const type = request.contentType?.type ?? "application/sdp";
  const isFit = type === "application/sdp" || type.startsWith("multipart/") || invitationTypes.includes(type);
  if (request.body.length === 0 || isFit || isOptional(request)) return undefined;
  return { status: 415, headers: [["Accept", "application/sdp"]] };
}

/** In the order of RFC 3261 §8.2; what the mandatory headers say was checked at the edge (400, 505). */
const checks: readonly Check[] = [
  checkMethod,
  checkScheme,
  checkMerged,
  checkMaxForwards,
  checkRequire,
  checkEncoding,
  checkContact,
  checkOffer,
];

/** The first objection to a request, if any. */
export function checkRequest(request: SipRequest, context: CheckContext): Refusal | undefined {
  for (const check of checks) {
    const refusal = check(request, context);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
