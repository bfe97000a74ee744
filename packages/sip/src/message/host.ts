import { COLON, decimal, LEFT_BRACKET, RIGHT_BRACKET } from "./character-classes.ts";
import { type OctetText, parseWhole } from "./octet-text.ts";
import { problem, type SyntaxProblem } from "./syntax-problem.ts";

function tableOf(isMember: (character: string) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (isMember(String.fromCharCode(code)) ? 1 : 0));
}

/** Letters, digits, hyphen, dot; the underscore is not allowed but is in use. */
const nameOctets = tableOf((character) => /[A-Za-z0-9._-]/.test(character));
const referenceOctets = tableOf((character) => /[0-9A-Fa-f:.]/.test(character));

/** Where the host (RFC 3261 §25.1) that begins at `from` ends; `from` when there is none. An IPv6 reference is in brackets. */
export function endOfHost(octets: Uint8Array, from: number, end: number): number {
  if (octets[from] === LEFT_BRACKET) return endOfReference(octets, from, end);
  let position = from;
  while (position < end && nameOctets[octets[position] ?? 0] === 1) position += 1;
  return position;
}

function endOfReference(octets: Uint8Array, from: number, end: number): number {
  let position = from + 1;
  while (position < end && referenceOctets[octets[position] ?? 0] === 1) position += 1;
  return position > from + 2 && position < end && octets[position] === RIGHT_BRACKET ? position + 1 : from;
}

/** `host [":" port]`. */
export interface HostPort {
  /** As written; an IPv6 reference keeps its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly end: number;
}

/** Parses a whole text as `host [":" port]` (RFC 3261 §25.1 hostport). */
export function parseHostPort(text: string): HostPort | SyntaxProblem {
  return parseWhole(text, parseHostPortAt);
}

/** Parses `host [":" port]` at a place; stops at the first octet that belongs to neither. */
export function parseHostPortAt({ octets, text }: OctetText, from: number, end: number): HostPort | SyntaxProblem {
  const hostEnd = endOfHost(octets, from, end);
  if (hostEnd === from) return problem("host expected", from);
  const host = text.slice(from, hostEnd);
  if (hostEnd === end || octets[hostEnd] !== COLON) return { host, port: undefined, end: hostEnd };
  let portEnd = hostEnd + 1;
  while (portEnd < end && isDigit(octets[portEnd] ?? 0)) portEnd += 1;
  const port = decimal(octets, hostEnd + 1, portEnd);
  if (port === undefined || port > 65535) return problem("port of at most 65535 expected", hostEnd + 1);
  return { host, port, end: portEnd };
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
