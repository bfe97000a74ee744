import { endOfToken, skipBlanks, trimEnd } from "./character-classes.ts";
import { unfold } from "./header-text.ts";
import { OctetText } from "./octet-text.ts";
import { type Parameters, parseParametersAt } from "./parameters.ts";
import { problem, SyntaxProblem } from "./syntax-problem.ts";

/** A header value of the form `token *( SEMI generic-param )` (RFC 3261 §25.1). */
export interface TokenWithParameters {
  /** In lower case. */
  readonly token: string;
  readonly parameters: Parameters;
  /** As received, only unfolded. */
  readonly text: string;
}

/** Parses one such value out of header text. */
export function parseTokenWithParameters(text: string): TokenWithParameters | SyntaxProblem {
  return parseTokenWithParametersAt(new OctetText(text), 0, text.length);
}

/** Parses one in a part of a text. */
export function parseTokenWithParametersAt(
  source: OctetText,
  start: number,
  stop: number,
): TokenWithParameters | SyntaxProblem {
  const { octets, text } = source;
  const from = skipBlanks(octets, start, stop);
  const end = trimEnd(octets, from, stop);
  const tokenEnd = endOfToken(octets, from, end);
  if (tokenEnd === from) return problem("token expected", from);
  const parameters = parseParametersAt(source, tokenEnd, end);
  if (parameters instanceof SyntaxProblem) return parameters;
  if (parameters.end < end) return problem("one value expected", parameters.end);
  return { token: text.slice(from, tokenEnd).toLowerCase(), parameters, text: unfold(text.slice(from, end)) };
}
