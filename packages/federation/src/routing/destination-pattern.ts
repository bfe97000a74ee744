import { isIP } from "node:net";
import { domainNameProblem, labelProblem } from "../peer/domain-name.ts";

/** What a pattern of route type `domain` covers: `name` alone, or it and all below; the empty name is the root. */
export interface DomainPattern {
  readonly kind: "domain-pattern";
  readonly name: string;
  readonly scope: "exact" | "below";
}

export interface PatternProblem {
  readonly kind: "problem";
  readonly message: string;
}

/** The stored form: lower case; a plain domain is reversed, `domaina.com` becomes `.com.domaina.*` (facts R26). */
export function normalDestinationPattern(text: string, routeType: "domain" | "user"): string {
  const pattern = text.trim();
  if (routeType === "user") return pattern;
  const lower = pattern.toLowerCase();
  if (lower === "*." || lower === "*") return ".*";
  const isPlainDomain = !lower.startsWith(".") && !lower.includes("*") && isIP(lower) === 0;
  return isPlainDomain && domainNameProblem(lower) === undefined ? `.${lower.split(".").reverse().join(".")}.*` : lower;
}

/** Reads a pattern in stored form: a dot before each label, most general first, at most one `*` and that at the end. */
export function parseDomainPattern(pattern: string): DomainPattern | PatternProblem {
  if (!pattern.startsWith(".")) return problem("must be a domain, or its labels reversed after a dot: .com.domaina.*");
  const labels = pattern.slice(1).split(".");
  const scope = labels.at(-1) === "*" ? "below" : "exact";
  if (scope === "below") labels.pop();
  for (const label of labels) {
    const wrong = label.includes("*") ? "may have * only as its last label" : labelProblem(label);
    if (wrong !== undefined) return problem(wrong);
  }
  return { kind: "domain-pattern", name: labels.reverse().join("."), scope };
}

function problem(message: string): PatternProblem {
  return { kind: "problem", message };
}

/** How many labels a name has; the root has none. */
export function labelCount(name: string): number {
  return name === "" ? 0 : name.split(".").length;
}

/**
 * Matches a pattern of route type `user` against a user part: `.` is any one character, `*` any number, `\*` a star
 * (facts B2.3). Linear in the user part for each star, never exponential.
 */
export function matchesUserPattern({ prefix, longestRun, tokens }: UserPattern, user: string): boolean {
  if (!user.startsWith(prefix) || !user.includes(longestRun)) return false;
  let token = 0;
  let position = 0;
  let star = -1;
  let retry = 0;
  while (position < user.length) {
    const wanted = tokens[token];
    if (wanted === ANY_NUMBER) {
      star = token;
      retry = position;
      token += 1;
    } else if (wanted === ANY_ONE || wanted === user[position]) {
      token += 1;
      position += 1;
    } else if (star >= 0) {
      retry += 1;
      position = retry;
      token = star + 1;
    } else {
      return false;
    }
  }
  while (tokens[token] === ANY_NUMBER) token += 1;
  return token === tokens.length;
}

const ANY_ONE = Symbol("any one character");
const ANY_NUMBER = Symbol("any number of characters");
type UserToken = string | typeof ANY_ONE | typeof ANY_NUMBER;

/** A pattern of route type `user`, read once. Nearly all are told apart by their literal text alone. */
export interface UserPattern {
  /** What comes before the first wildcard. */
  readonly prefix: string;
  /** The longest text between wildcards. */
  readonly longestRun: string;
  readonly tokens: readonly UserToken[];
}

/** Reads such a pattern; every text is one. */
export function parseUserPattern(pattern: string): UserPattern {
  const tokens = userTokens(pattern);
  const runs = literalRuns(tokens);
  const longestRun = runs.reduce((longest, run) => (run.length > longest.length ? run : longest));
  return { prefix: runs[0], longestRun, tokens };
}

/** The texts before, between and behind the wildcards, empty ones too. */
function literalRuns(tokens: readonly UserToken[]): readonly [string, ...string[]] {
  const runs: [string, ...string[]] = [""];
  for (const token of tokens) {
    if (typeof token === "string") runs.push((runs.pop() ?? "") + token);
    else runs.push("");
  }
  return runs;
}

function userTokens(pattern: string): readonly UserToken[] {
  const tokens: UserToken[] = [];
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === "\\" && index + 1 < pattern.length) {
      index += 1;
      tokens.push(pattern.charAt(index));
    } else if (character === ".") tokens.push(ANY_ONE);
    else if (character === "*") tokens.push(ANY_NUMBER);
    else tokens.push(character);
  }
  return tokens;
}

/** How many characters of a user pattern are literal: more of them is more specific. */
export function literalCount({ tokens }: UserPattern): number {
  return tokens.filter((token) => typeof token === "string").length;
}
