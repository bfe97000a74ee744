import {
  BACKSLASH,
  COLON,
  COMMA,
  endOfQuoted,
  endOfToken,
  LEFT_ANGLE,
  QUESTION,
  QUOTE,
  RIGHT_ANGLE,
  SEMICOLON,
  STAR,
  skipBlanks,
  trimEnd,
  uriOctets,
} from "./character-classes.ts";
import { decodeUtf8, unfold, unquote } from "./header-text.ts";
import { type OctetText, parseWhole } from "./octet-text.ts";
import { type Parameters, parseParametersAt } from "./parameters.ts";
import { problem, SyntaxProblem } from "./syntax-problem.ts";

interface NameAddrPlaces {
  readonly from: number;
  /** Where the display name ends; `from` without one. */
  readonly nameEnd: number;
  readonly uriFrom: number;
  readonly uriEnd: number;
  readonly parameters: Parameters;
}

/** A From, To, Contact, Route or Record-Route value (RFC 3261 §20.10): display name, URI, header parameters. */
export class NameAddr {
  /** The URI as received, without angle brackets; "*" in `Contact: *`. */
  readonly uri: string;
  /** The parameters outside the angle brackets. */
  readonly parameters: Parameters;
  private readonly source: OctetText;
  private readonly from: number;
  private readonly nameEnd: number;

  constructor(source: OctetText, places: NameAddrPlaces) {
    this.uri = source.text.slice(places.uriFrom, places.uriEnd);
    this.parameters = places.parameters;
    this.source = source;
    this.from = places.from;
    this.nameEnd = places.nameEnd;
  }

  /** For people: quotes off, UTF-8 decoded. Undefined when there is none. */
  get displayName(): string | undefined {
    if (this.nameEnd === this.from) return undefined;
    return decodeUtf8(unquote(unfold(this.source.text.slice(this.from, this.nameEnd))));
  }

  /** The whole value as received, only unfolded. */
  get text(): string {
    return unfold(this.source.text.slice(this.from, trimEnd(this.source.octets, this.from, this.end)));
  }

  get tag(): string | undefined {
    return this.parameters.raw("tag");
  }

  /** Where the value ends in the text it was parsed from: a comma, or the end. */
  get end(): number {
    return this.parameters.end;
  }
}

/** Parses one value; a list is refused. */
export function parseNameAddr(text: string): NameAddr | SyntaxProblem {
  return parseWhole(text, parseNameAddrAt);
}

/** Parses the value at a place; ends at a comma or at `end`. */
export function parseNameAddrAt(source: OctetText, start: number, end: number): NameAddr | SyntaxProblem {
  const { octets } = source;
  const from = skipBlanks(octets, start, end);
  const nameEnd = endOfDisplayName(octets, from, end);
  if (nameEnd < 0) return problem("malformed display name", from);
  const angle = skipBlanks(octets, nameEnd, end);
  if (octets[angle] !== LEFT_ANGLE) return parseAddrSpec(source, { from, nameEnd, uriFrom: angle }, end);
  const uriFrom = angle + 1;
  const uriEnd = endOfUri(octets, uriFrom, end);
  if (uriEnd < 0 || octets[uriEnd] !== RIGHT_ANGLE) return problem("URI and closing bracket expected", uriFrom);
  const parameters = parseParametersAt(source, uriEnd + 1, end);
  if (parameters instanceof SyntaxProblem) return parameters;
  return new NameAddr(source, { from, nameEnd, uriFrom, uriEnd, parameters });
}

/** Where the display name ends, `from` when there is none, -1 when it is malformed. */
function endOfDisplayName(octets: Uint8Array, from: number, end: number): number {
  if (octets[from] === QUOTE) return endOfQuoted(octets, from, end);
  // By the grammar these are tokens; parentheses and UTF-8 are seen there and do no harm.
  for (let position = from; position < end; position += 1) {
    const code = octets[position];
    if (code === LEFT_ANGLE) return trimEnd(octets, from, position);
    if (code === SEMICOLON || code === COLON) return from;
    if (code === COMMA || code === QUOTE || code === BACKSLASH || code === RIGHT_ANGLE) return -1;
  }
  return from;
}

/**
 * Without brackets every semicolon begins a header parameter, and "?" is not allowed (§20). A quoted name before it is
 * against the grammar and can mean one thing only.
 */
function parseAddrSpec(
  source: OctetText,
  places: { readonly from: number; readonly nameEnd: number; readonly uriFrom: number },
  end: number,
): NameAddr | SyntaxProblem {
  const { octets } = source;
  const { uriFrom } = places;
  const isStar = octets[uriFrom] === STAR;
  let uriEnd = isStar ? uriFrom + 1 : endOfScheme(octets, uriFrom, end);
  if (uriEnd < 0) return problem("URI expected", uriFrom);
  while (!isStar && uriEnd < end && isAddrSpecOctet(octets[uriEnd] ?? 0)) uriEnd += 1;
  if (octets[uriEnd] === QUESTION) return problem("URI needs angle brackets", uriEnd);
  const parameters = parseParametersAt(source, uriEnd, end);
  if (parameters instanceof SyntaxProblem) return parameters;
  return new NameAddr(source, { ...places, uriEnd, parameters });
}

/** Where the URI that begins at `from` ends: before a blank, control character or angle bracket. -1 without scheme. */
function endOfUri(octets: Uint8Array, from: number, end: number): number {
  let position = endOfScheme(octets, from, end);
  while (position >= 0 && position < end && uriOctets[octets[position] ?? 0] === 1) position += 1;
  return position;
}

/** The place after scheme, colon and one octet more (RFC 3986 §3), or -1. */
function endOfScheme(octets: Uint8Array, from: number, end: number): number {
  const colon = endOfToken(octets, from, end);
  const isScheme = colon > from && colon + 1 < end && octets[colon] === COLON;
  return isScheme && uriOctets[octets[colon + 1] ?? 0] === 1 ? colon + 2 : -1;
}

function isAddrSpecOctet(code: number): boolean {
  return uriOctets[code] === 1 && code !== SEMICOLON && code !== COMMA && code !== QUESTION;
}
