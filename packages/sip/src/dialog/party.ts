import { quote } from "../message/header-text.ts";
import { parseAddress, parseSipUri } from "../message/sip-uri.ts";
import { SyntaxProblem } from "../message/syntax-problem.ts";

/** A From or To value of ours: display name quoted, URI in brackets (RFC 3261 §20.10, §20.20). */
export function partyText(uri: string, displayName?: string): string {
  return displayName === undefined || displayName === "" ? `<${uri}>` : `${quote(displayName)} <${uri}>`;
}

/** The host of a SIP URI in lower case; empty for other schemes and for what cannot be read. */
export function domainOf(uri: string): string {
  const parsed = parseAddress(uri);
  return parsed instanceof SyntaxProblem ? "" : parsed.host.toLowerCase();
}

/** The user part as written, escapes kept; empty without one. */
export function userOf(uri: string): string {
  const parsed = parseSipUri(uri);
  return parsed instanceof SyntaxProblem ? "" : (parsed.user ?? "");
}
