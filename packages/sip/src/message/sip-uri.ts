import {
  AT,
  COLON,
  endOfToken,
  LEFT_BRACKET,
  PERCENT,
  QUESTION,
  RIGHT_BRACKET,
  SEMICOLON,
  userOctets,
} from "./character-classes.ts";
import { decodeUtf8, encodeUtf8 } from "./header-text.ts";
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
  const start = scheme.length + 1;
  const at = text.indexOf("@", start);
  const hostFrom = at < 0 ? start : at + 1;
  const host = parseHostPort(text, hostFrom, text.length);
  if (host instanceof SyntaxProblem) return host;
  const user = at < 0 ? noUser : parseUserInfo(text, start, at);
  if (user instanceof SyntaxProblem) return user;
  const question = text.indexOf("?", host.end);
  const parametersEnd = question < 0 ? text.length : question;
  const parameters = parseUriParameters(text, host.end, parametersEnd);
  if (parameters instanceof SyntaxProblem) return parameters;
  const headers = question < 0 ? [] : parseUriHeaders(text, question + 1);
  if (headers instanceof SyntaxProblem) return headers;
  return new SipUri({ text, scheme, ...user, host: host.host, port: host.port, parameters, headers });
}

/** The scheme in lower case, or undefined when the text begins with none (RFC 3986 §3.1). */
export function schemeOf(uri: string): string | undefined {
  const colon = endOfToken(uri, 0, uri.length);
  return colon > 0 && uri.charCodeAt(colon) === COLON ? uri.slice(0, colon).toLowerCase() : undefined;
}

interface UserInfo {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

const noUser: UserInfo = { user: undefined, password: undefined };

function parseUserInfo(text: string, from: number, at: number): UserInfo | SyntaxProblem {
  const colon = text.lastIndexOf(":", at);
  const userEnd = colon >= from ? colon : at;
  if (userEnd === from) return problem("user expected before @", from);
  for (let position = from; position < at; position += 1) {
    const code = text.charCodeAt(position);
    if (position === userEnd || userOctets[code] === 1 || code === 0x23 || code > 0x7f) continue;
    if (code !== PERCENT || !isEscape(text, position)) return problem("malformed user part", position);
  }
  return { user: text.slice(from, userEnd), password: userEnd < at ? text.slice(userEnd + 1, at) : undefined };
}

function isEscape(text: string, position: number): boolean {
  return isHex(text.charCodeAt(position + 1)) && isHex(text.charCodeAt(position + 2));
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}

/** Host and port at one place of a text, and where they end. */
export interface HostPort {
  readonly host: string;
  readonly port: number | undefined;
  readonly end: number;
}

/** Parses `host [":" port]` (RFC 3261 §25.1 hostport); stops at the first character that belongs to neither. */
export function parseHostPort(text: string, from: number, end: number): HostPort | SyntaxProblem {
  const hostEnd = text.charCodeAt(from) === LEFT_BRACKET ? endOfReference(text, from, end) : endOfName(text, from, end);
  if (hostEnd <= from) return problem("host expected", from);
  const host = text.slice(from, hostEnd);
  if (hostEnd >= end || text.charCodeAt(hostEnd) !== COLON) return { host, port: undefined, end: hostEnd };
  let port = 0;
  let position = hostEnd + 1;
  for (; position < end && isDigit(text.charCodeAt(position)); position += 1) {
    port = port * 10 + text.charCodeAt(position) - 0x30;
    if (port > 65535) return problem("port above 65535", hostEnd + 1);
  }
  return position === hostEnd + 1 ? problem("port expected", position) : { host, port, end: position };
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Letters, digits, hyphen, dot; the underscore is not allowed but is in use. */
function endOfName(text: string, from: number, end: number): number {
  let position = from;
  while (position < end && isHostCharacter(text.charCodeAt(position))) position += 1;
  return position;
}

function isHostCharacter(code: number): boolean {
  if (isDigit(code) || (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)) return true;
  return code === 0x2d || code === 0x2e || code === 0x5f;
}

function endOfReference(text: string, from: number, end: number): number {
  let position = from + 1;
  while (position < end && isReferenceCharacter(text.charCodeAt(position))) position += 1;
  return position > from + 2 && position < end && text.charCodeAt(position) === RIGHT_BRACKET ? position + 1 : -1;
}

function isReferenceCharacter(code: number): boolean {
  return isHex(code) || code === COLON || code === 0x2e;
}

function parseUriParameters(text: string, from: number, end: number): Parameters | SyntaxProblem {
  if (from < end && text.charCodeAt(from) !== SEMICOLON) return problem("malformed host", from);
  for (let position = from; position < end; position += 1) {
    const code = text.charCodeAt(position);
    if (code <= 0x20 || code === AT || code === 0x7f || code === QUESTION)
      return problem("malformed URI parameter", position);
  }
  return parseParametersAt(text, from, end);
}

function parseUriHeaders(text: string, from: number): readonly (readonly [string, string])[] | SyntaxProblem {
  const headers: (readonly [string, string])[] = [];
  let position = from;
  for (const part of text.slice(from).split("&")) {
    const equals = part.indexOf("=");
    if (equals <= 0 || /[\s"<>@]/.test(part)) return problem("malformed URI header", position);
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
