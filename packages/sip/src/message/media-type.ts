import { endOfToken, SLASH, skipBlanks } from "./character-classes.ts";
import { type OctetText, parseWhole } from "./octet-text.ts";
import { type Parameters, parseParametersAt } from "./parameters.ts";
import { problem, SyntaxProblem } from "./syntax-problem.ts";

/** A media type (RFC 3261 §20.15). */
export interface MediaType {
  /** Type and subtype in lower case: "application/pidf+xml". */
  readonly type: string;
  readonly parameters: Parameters;
  /** Where the value ends in the text it was parsed from: a comma, or the end. */
  readonly end: number;
}

/** Parses one media type, as in Content-Type or one value of Accept. */
export function parseMediaType(text: string): MediaType | SyntaxProblem {
  return parseWhole(text, parseMediaTypeAt);
}

/** Parses the media type at a place; ends at a comma or at `end`. */
export function parseMediaTypeAt(source: OctetText, start: number, end: number): MediaType | SyntaxProblem {
  const { octets, text } = source;
  const from = skipBlanks(octets, start, end);
  const typeEnd = endOfToken(octets, from, end);
  const slash = skipBlanks(octets, typeEnd, end);
  const subtype = skipBlanks(octets, slash + 1, end);
  const subtypeEnd = endOfToken(octets, subtype, end);
  if (typeEnd === from || slash >= end || octets[slash] !== SLASH || subtypeEnd <= subtype) {
    return problem("media type expected", from);
  }
  const parameters = parseParametersAt(source, subtypeEnd, end);
  if (parameters instanceof SyntaxProblem) return parameters;
  const written =
    subtype === typeEnd + 1
      ? text.slice(from, subtypeEnd)
      : `${text.slice(from, typeEnd)}/${text.slice(subtype, subtypeEnd)}`;
  return { type: written.toLowerCase(), parameters, end: parameters.end };
}
