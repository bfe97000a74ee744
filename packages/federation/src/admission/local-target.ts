import { type SipRequest, type SipUri, SyntaxProblem } from "@interpres/sip";
import type { Objection } from "./objection.ts";

/** Who is at home here. Both are answered from memory. */
export interface LocalTargets {
  isLocalDomain(domain: string): boolean;
  /** Whether `uri`, of a local domain and with a user part, leads to an account. */
  accountExists(uri: SipUri): boolean;
}

/**
 * A request outside a dialog must be for a local user: we relay for nobody (RFC 3261 §8.2.2.1). Within a dialog the
 * Request-URI is our Contact, and the dialog itself is the proof. OPTIONS without a user part asks about this server.
 */
export function localTarget(request: SipRequest, targets: LocalTargets): Objection | undefined {
  const { method } = request;
  if (method === "CANCEL" || request.to.tag !== undefined) return undefined;
  const uri = request.uri();
  if (uri instanceof SyntaxProblem) return objection("request-uri", [uri.status, uri.reason], request.requestUri);
  if (uri.scheme === "sips") return objection("request-uri", [416, "Unsupported URI Scheme"], request.requestUri);
  if (uri.user === undefined && method === "OPTIONS") return undefined;
  const domain = uri.host.toLowerCase();
  if (!targets.isLocalDomain(domain)) return objection("no-relay", [404, "Not Found"], domain);
  if (uri.user !== undefined && targets.accountExists(uri)) return undefined;
  return objection("unknown-user", [404, "Not Found"], request.requestUri);
}

const EXPECTED: Readonly<Record<string, string>> = {
  "request-uri": "a SIP URI",
  "no-relay": "a domain served here",
  "unknown-user": "a local user",
};

function objection(rule: string, [status, reason]: readonly [number, string], presented: string): Objection {
  return { rule, status, reason, presented, expected: EXPECTED[rule] ?? "" };
}
