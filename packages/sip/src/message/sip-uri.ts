import { AT, COLON, find, PERCENT, QUESTION, SEMICOLON, SP, userOctets } from "./character-classes.ts";
import { decodeUtf8, encodeUtf8, isOctets } from "./header-text.ts";
import { parseHostPortAt } from "./host.ts";
import { OctetText } from "./octet-text.ts";
import { type Parameters, parseParametersAt } from "./parameters.ts";
import { problem, SyntaxProblem } from "./syntax-problem.ts";

/** A SIP or SIPS URI (RFC 3261 §19.1). Parts are kept as written: escapes are undone by `unescapeUri` only. */
export class SipUri {
  readonly scheme: "sip" | "sips";
  /** As written, escapes kept; undefined when there is no user part. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** As written; an IPv6 reference keeps its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;
  /** What follows "?": name and value of each header, escapes kept. */
  readonly headers: readonly (readonly [string, string])[];
  private readonly text: string;

  constructor(init: {
    readonly text: string;
    readonly scheme: "sip" | "sips";
    readonly user: string | undefined;
    readonly password: string | undefined;
    readonly host: string;
    readonly port: number | undefined;
    readonly parameters: Parameters;
    readonly headers: readonly (readonly [string, string])[];
  }) {
    this.text = init.text;
    this.scheme = init.scheme;
    this.user = init.user;
    this.password = init.password;
    this.host = init.host;
    this.port = init.port;
    this.parameters = init.parameters;
    this.headers = init.headers;
  }

  /** The URI exactly as it was parsed. */
  toString(): string {
    return this.text;
  }
}

/** Parses a SIP or SIPS URI. Another scheme is a problem with status 416, anything malformed one with 400. */
export function parseSipUri(text: string): SipUri | SyntaxProblem {
  const scheme = schemeOf(text);
  if (scheme === undefined) return problem("URI with scheme expected", 0);
  if (scheme !== "sip" && scheme !== "sips") {
    return new SyntaxProblem({ status: 416, reason: "Unsupported URI Scheme", offset: 0 });
  }
  if (!isOctets(text)) return problem("octets expected", 0);
  const source = new OctetText(text);
  const { octets } = source;
  const end = text.length;
  const start = scheme.length + 1;
  const blank = firstBlank(octets, start);
  if (blank < end) return problem("blank in URI", blank);
  const at = find(octets, AT, { from: start, end });
  const user = at === end ? noUser : parseUserInfo(source, start, at);
  if (user instanceof SyntaxProblem) return user;
  const host = parseHostPortAt(source, at === end ? start : at + 1, end);
  if (host instanceof SyntaxProblem) return host;
  const question = find(octets, QUESTION, { from: host.end, end });
  const parameters = parseUriParameters(source, host.end, question);
  if (parameters instanceof SyntaxProblem) return parameters;
  const headers = question === end ? noHeaders : parseUriHeaders(text, question + 1);
  if (headers instanceof SyntaxProblem) return headers;
  return new SipUri({ text, scheme, ...user, host: host.host, port: host.port, parameters, headers });
}

/** What From and To may name people by: as `parseSipUri`, an `im:` or `pres:` URI read as `sip:` (RFC 3428 §5, RFC 3856 §5). */
export function parseAddress(text: string): SipUri | SyntaxProblem {
  const scheme = schemeOf(text);
  const isAbstract = scheme === "im" || scheme === "pres";
  return parseSipUri(isAbstract ? `sip:${text.slice(scheme.length + 1)}` : text);
}

/** The scheme in lower case, or undefined when the text begins with none (RFC 3986 §3.1). */
export function schemeOf(uri: string): string | undefined {
  if (uri.startsWith("sip:")) return "sip";
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(uri)?.[1]?.toLowerCase();
}

function firstBlank(octets: Uint8Array, from: number): number {
  let position = from;
  while ((octets[position] ?? 0) > SP && octets[position] !== 0x7f) position += 1;
  return position;
}

interface UserInfo {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

const noUser: UserInfo = { user: undefined, password: undefined };
const noHeaders: readonly (readonly [string, string])[] = [];

/** `user [":" password]`; UTF-8 and "#" unescaped are let through. */
function parseUserInfo({ octets, text }: OctetText, from: number, at: number): UserInfo | SyntaxProblem {
  const userEnd = find(octets, COLON, { from, end: at });
  if (userEnd === from) return problem("user expected before @", from);
  for (let position = from; position < at; position += 1) {
    const code = octets[position] ?? 0;
    if (position === userEnd || userOctets[code] === 1 || code === 0x23 || code > 0x7f) continue;
    if (code !== PERCENT || !/^[0-9A-Fa-f]{2}/.test(text.slice(position + 1, at))) {
      return problem("malformed user part", position);
    }
  }
  return { user: text.slice(from, userEnd), password: userEnd < at ? text.slice(userEnd + 1, at) : undefined };
}

function parseUriParameters(source: OctetText, from: number, end: number): Parameters | SyntaxProblem {
  if (from < end && source.octets[from] !== SEMICOLON) return problem("malformed host", from);
  const at = find(source.octets, AT, { from, end });
  if (at < end) return problem("malformed URI parameter", at);
  const parameters = parseParametersAt(source, from, end);
  if (parameters instanceof SyntaxProblem || parameters.end === end) return parameters;
  return problem("comma in URI", parameters.end);
}

function parseUriHeaders(text: string, from: number): readonly (readonly [string, string])[] | SyntaxProblem {
  const headers: (readonly [string, string])[] = [];
  let position = from;
  for (const part of text.slice(from).split("&")) {
    const equals = part.indexOf("=");
    if (equals <= 0 || /["<>@]/.test(part)) return problem("malformed URI header", position);
    headers.push([part.slice(0, equals), part.slice(equals + 1)]);
    position += part.length + 1;
  }
  return headers;
}

/** Undoes %HH once and reads the octets as UTF-8 (RFC 3261 §19.1.2). A percent sign that escapes nothing stays. */
export function unescapeUri(text: string): string {
  return decodeUtf8(unescapeOctets(text));
}

/** Undoes %HH once; each character of the answer is one octet. */
export function unescapeOctets(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Text for people as the user part of a SIP URI: UTF-8, everything outside `user` of RFC 3261 §25.1 escaped. */
export function escapeUser(text: string): string {
  let escaped = "";
  for (const character of encodeUtf8(text)) {
    const code = character.charCodeAt(0);
    escaped += userOctets[code] === 1 ? character : `%${code.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}
