import { parseSipUri, type SipRequest, type SipUri, SyntaxProblem } from "@interpres/sip";
import type { Dialect } from "../peer/dialect.ts";
import { addressedUri } from "./addressed-uri.ts";
import type { Objection } from "./objection.ts";

/** Whom an address in a domain of ours means. */
export type LocalAddressee =
  | { readonly kind: "account" }
  | { readonly kind: "nobody" }
  /** An address of `user`, a bare JID, by which foreign domains do not know her (facts R68). */
  | { readonly kind: "other-address"; readonly user: string };

/** Who is at home here. Both are answered from memory. */
export interface LocalTargets {
  /** Whether users have addresses there: JIDs, or mail addresses where those are used. */
  isLocalDomain(domain: string): boolean;
  /** `uri` is of a local domain and has a user part. */
  addressee(uri: SipUri): LocalAddressee;
}

/** A request to an address by which foreign domains do not know the user: she does not hear of it. */
export interface DroppedRequest {
  /** Bare JID. */
  readonly user: string;
  /** URIs as they were written. */
  readonly from: string;
  readonly requestUri: string;
  readonly method: string;
}

/** What is here: accounts, and the names of this very server. */
export interface AtHome {
  readonly targets: LocalTargets;
  readonly isOwnName: (host: string) => boolean;
  /** Whether requests to `sips:` addresses are taken of the peer (RFC 7247 §8). */
  readonly securedUris: Dialect["securedUris"];
}

/**
 * A request outside a dialog must be for a local user: we relay for nobody (RFC 3261 §8.2.2.1). Within a dialog the
 * Request-URI is our Contact, and the dialog itself is the proof. OPTIONS without a user part asks about this server.
 */
export function localTarget(request: SipRequest, { targets, isOwnName, securedUris }: AtHome): Objection | undefined {
  const { method } = request;
  if (method === "CANCEL" || request.to.tag !== undefined) return undefined;
  const addressed = addressedUri(request, isOwnName);
  const uri = addressed === request.requestUri ? request.uri() : parseSipUri(addressed);
  if (uri instanceof SyntaxProblem) return objection("request-uri", [uri.status, uri.reason], request.requestUri);
  if (uri.scheme === "sips" && securedUris === "refused")
    return objection("request-uri", [416, "Unsupported URI Scheme"], request.requestUri);
  if (uri.user === undefined && method === "OPTIONS") return undefined;
  const domain = uri.host.toLowerCase();
  if (!targets.isLocalDomain(domain)) return objection("no-relay", [404, "Not Found"], domain);
  const addressee = uri.user === undefined ? nobody : targets.addressee(uri);
  if (addressee.kind === "account") return undefined;
  const unknown = objection("unknown-user", [404, "Not Found"], request.requestUri);
  if (addressee.kind === "nobody") return unknown;
  // The peer is not to see the difference (facts R68, R69).
  return { ...unknown, rule: "federation-address", expected: EXPECTED["federation-address"], user: addressee.user };
}

const nobody: LocalAddressee = { kind: "nobody" };

const EXPECTED = {
  "request-uri": "a SIP URI",
  "no-relay": "a domain served here",
  "unknown-user": "a local user",
  "federation-address": "the user's address for federation",
} as const;

function objection(
  rule: keyof typeof EXPECTED,
  [status, reason]: readonly [number, string],
  presented: string,
): Objection {
  return { rule, status, reason, presented, expected: EXPECTED[rule] };
}
