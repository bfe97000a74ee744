import { endOfToken, SLASH, skipBlanks, trimEnd } from "./character-classes.ts";
import { type Parameters, parseParametersAt } from "./parameters.ts";
import { problem, SyntaxProblem } from "./syntax-problem.ts";

/** A media type (RFC 3261 §20.15). */
export interface MediaType {
  /** Type and subtype in lower case: "application/pidf+xml". */
  readonly type: string;
  readonly parameters: Parameters;
}

/** Parses one media type, as in Content-Type or one value of Accept. */
export function parseMediaType(text: string): MediaType | SyntaxProblem {
  return parseMediaTypeAt(text, 0, text.length);
}

/** As `parseMediaType`, for a part of a longer text. */
export function parseMediaTypeAt(text: string, start: number, stop: number): MediaType | SyntaxProblem {
  const from = skipBlanks(text, start, stop);
  const end = trimEnd(text, from, stop);
  const typeEnd = endOfToken(text, from, end);
  const slash = skipBlanks(text, typeEnd, end);
  const subtype = skipBlanks(text, slash + 1, end);
  const subtypeEnd = endOfToken(text, subtype, end);
  if (typeEnd === from || text.charCodeAt(slash) !== SLASH || subtypeEnd <= subtype) {
    return problem("media type expected", from);
  }
  const parameters = parseParametersAt(text, subtypeEnd, end);
  if (parameters instanceof SyntaxProblem) return parameters;
  const type = `${text.slice(from, typeEnd)}/${text.slice(subtype, subtypeEnd)}`.toLowerCase();
  return { type, parameters };
}
