import {
  BACKSLASH,
  COLON,
  COMMA,
  endOfQuoted,
  endOfToken,
  HT,
  LEFT_ANGLE,
  QUESTION,
  QUOTE,
  RIGHT_ANGLE,
  SEMICOLON,
  skipBlanks,
  trimEnd,
} from "./character-classes.ts";
import { decodeUtf8, unfold, unquote } from "./header-text.ts";
import { type Parameters, parseParametersAt } from "./parameters.ts";
import { problem, SyntaxProblem } from "./syntax-problem.ts";

/** A From, To, Contact, Route or Record-Route value (RFC 3261 §20.10): display name, URI, header parameters. */
export class NameAddr {
  /** The URI as received, without angle brackets; "*" in `Contact: *`. */
  readonly uri: string;
  /** The parameters outside the angle brackets. */
  readonly parameters: Parameters;
  private readonly source: string;
  /** Value from, display name end (= from without one), value end. */
  private readonly from: number;
  private readonly nameEnd: number;
  private readonly end: number;

  constructor(init: {
    readonly source: string;
    readonly from: number;
    readonly nameEnd: number;
    readonly end: number;
    readonly uri: string;
    readonly parameters: Parameters;
  }) {
    this.uri = init.uri;
    this.parameters = init.parameters;
    this.source = init.source;
    this.from = init.from;
    this.nameEnd = init.nameEnd;
    this.end = init.end;
  }

  /** For people: quotes off, UTF-8 decoded. Undefined when there is none. */
  get displayName(): string | undefined {
    if (this.nameEnd === this.from) return undefined;
    return decodeUtf8(unquote(unfold(this.source.slice(this.from, this.nameEnd))));
  }

  /** The whole value as received, only unfolded. */
  get text(): string {
    return unfold(this.source.slice(this.from, this.end));
  }

  get tag(): string | undefined {
    return this.parameters.raw("tag");
  }
}

/** Parses one value; a list is refused. */
export function parseNameAddr(text: string): NameAddr | SyntaxProblem {
  return parseNameAddrAt(text, 0, text.length);
}

/** As `parseNameAddr`, for a part of a longer text. Problems have offsets in that text. */
export function parseNameAddrAt(source: string, start: number, stop: number): NameAddr | SyntaxProblem {
  const from = skipBlanks(source, start, stop);
  const end = trimEnd(source, from, stop);
  const quoted = source.charCodeAt(from) === QUOTE;
  const angle = quoted ? angleAfterQuoted(source, from, end) : angleAfterTokens(source, from, end);
  if (angle === noAngle) return parseAddrSpec(source, from, end);
  if (angle === badName) return problem("malformed display name", from);
  const nameEnd = trimEnd(source, from, angle);
  const close = source.indexOf(">", angle);
  if (close < 0 || close >= end) return problem("closing angle bracket expected", angle);
  const fault = faultInUri(source, angle + 1, close);
  if (fault !== undefined) return fault;
  const parameters = parseParametersAt(source, close + 1, end);
  if (parameters instanceof SyntaxProblem) return parameters;
  return new NameAddr({ source, from, nameEnd, end, uri: source.slice(angle + 1, close), parameters });
}

const noAngle = -1;
const badName = -2;

function angleAfterQuoted(source: string, from: number, end: number): number {
  const after = endOfQuoted(source, from, end);
  if (after < 0) return badName;
  const angle = skipBlanks(source, after, end);
  return angle < end && source.charCodeAt(angle) === LEFT_ANGLE ? angle : badName;
}

/** Unquoted display names are tokens by the grammar; dots, parentheses and UTF-8 are seen and do no harm. */
function angleAfterTokens(source: string, from: number, end: number): number {
  for (let position = from; position < end; position += 1) {
    const code = source.charCodeAt(position);
    if (code === LEFT_ANGLE) return position;
    if (code === SEMICOLON || code === COLON) return noAngle;
    if (code === COMMA || code === QUOTE || code === BACKSLASH || code === RIGHT_ANGLE) return badName;
  }
  return noAngle;
}

/** Without brackets every semicolon begins a header parameter, and "?" and "," are not allowed (§20). */
function parseAddrSpec(source: string, from: number, end: number): NameAddr | SyntaxProblem {
  if (end - from === 1 && source.charCodeAt(from) === 0x2a) {
    const parameters = parseParametersAt(source, end, end);
    if (parameters instanceof SyntaxProblem) return parameters;
    return new NameAddr({ source, from, nameEnd: from, end, uri: "*", parameters });
  }
  let semicolon = from;
  while (semicolon < end && source.charCodeAt(semicolon) !== SEMICOLON) {
    const code = source.charCodeAt(semicolon);
    if (code === QUESTION || code === COMMA) return problem("URI needs angle brackets", semicolon);
    semicolon += 1;
  }
  const uriEnd = trimEnd(source, from, semicolon);
  const fault = faultInUri(source, from, uriEnd);
  if (fault !== undefined) return fault;
  const parameters = parseParametersAt(source, semicolon, end);
  if (parameters instanceof SyntaxProblem) return parameters;
  return new NameAddr({ source, from, nameEnd: from, end, uri: source.slice(from, uriEnd), parameters });
}

/** A scheme, a colon, something after it, and no blank or control character (RFC 3986 §3). */
function faultInUri(source: string, from: number, end: number): SyntaxProblem | undefined {
  const colon = endOfToken(source, from, end);
  if (colon === from || colon >= end - 1 || source.charCodeAt(colon) !== COLON) {
    return problem("URI with scheme expected", from);
  }
  for (let position = colon + 1; position < end; position += 1) {
    const code = source.charCodeAt(position);
    if (code <= 0x20 || code === 0x7f || code === LEFT_ANGLE || code === HT) return problem("malformed URI", position);
  }
  return undefined;
}
