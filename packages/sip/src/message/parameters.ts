import {
  COMMA,
  EQUALS,
  endOfQuoted,
  endOfToken,
  QUOTE,
  SEMICOLON,
  skipBlanks,
  valueOctets,
} from "./character-classes.ts";
import { unfold, unquote } from "./header-text.ts";
import type { OctetText } from "./octet-text.ts";
import { problem, type SyntaxProblem } from "./syntax-problem.ts";

/**
 * `;name=value` lists of header values and URIs (RFC 3261 §7.3.1, §19.1.1). Names are found in any case, the first of a
 * name wins. Holds a place in a text that is known to be well-formed; looks there each time it is asked.
 */
export class Parameters {
  /** Where the list ends: a comma or the end of the text. */
  readonly end: number;
  private readonly source: OctetText;
  private readonly from: number;

  constructor(source: OctetText, from: number, end: number) {
    this.end = end;
    this.source = source;
    this.from = from;
  }

  get size(): number {
    return this.entries().length;
  }

  /** The value, quotes off. Undefined when the parameter is absent or has no value: see `has`. */
  get(name: string): string | undefined {
    const raw = this.raw(name);
    return raw === undefined ? undefined : unquote(raw);
  }

  /** The value as received, quotes kept. */
  raw(name: string): string | undefined {
    const from = this.find(name);
    return from < 0 ? undefined : this.valueAt(from + name.length);
  }

  has(name: string): boolean {
    return this.find(name) >= 0;
  }

  /** Name and value (quotes kept, undefined without one) in order of appearance. */
  entries(): readonly (readonly [string, string | undefined])[] {
    const { source, end } = this;
    const all: (readonly [string, string | undefined])[] = [];
    for (let from = this.nextName(this.from); from >= 0; from = this.nextName(from)) {
      const nameEnd = endOfToken(source.octets, from, end);
      all.push([source.text.slice(from, nameEnd), this.valueAt(nameEnd)]);
    }
    return all;
  }

  private valueAt(nameEnd: number): string | undefined {
    const { octets, text } = this.source;
    const equals = skipBlanks(octets, nameEnd, this.end);
    if (equals >= this.end || octets[equals] !== EQUALS) return undefined;
    const from = skipBlanks(octets, equals + 1, this.end);
    return unfold(text.slice(from, endOfValue(octets, from, this.end)));
  }

  private find(name: string): number {
    let from = this.nextName(this.from);
    while (from >= 0 && !this.isNamed(from, name)) from = this.nextName(from);
    return from;
  }

  private isNamed(from: number, name: string): boolean {
    const { octets } = this.source;
    if (endOfToken(octets, from, this.end) - from !== name.length) return false;
    for (let index = 0; index < name.length; index += 1) {
      // Of token octets only letters differ by this one bit, and by nothing but their case.
      if (((octets[from + index] ?? 0) | 0x20) !== (name.charCodeAt(index) | 0x20)) return false;
    }
    return true;
  }

  /** Where the name after the next semicolon begins, or -1. Semicolons in quoted strings do not count. */
  private nextName(from: number): number {
    const { octets } = this.source;
    for (let position = from; position < this.end; position += 1) {
      const code = octets[position];
      if (code === SEMICOLON) return skipBlanks(octets, position + 1, this.end);
      if (code === QUOTE) position = endOfQuoted(octets, position, this.end) - 1;
    }
    return -1;
  }
}

/**
 * Parses `*( SEMI generic-param )` from `from` on; ends at a comma or at `end`. A value is a token, a host or a quoted
 * string; other visible characters are let through.
 */
export function parseParametersAt(source: OctetText, from: number, end: number): Parameters | SyntaxProblem {
  const { octets } = source;
  let position = skipBlanks(octets, from, end);
  while (position < end && octets[position] === SEMICOLON) {
    const name = skipBlanks(octets, position + 1, end);
    const nameEnd = endOfToken(octets, name, end);
    if (nameEnd === name) return problem("parameter name expected", name);
    position = skipBlanks(octets, nameEnd, end);
    if (position === end || octets[position] !== EQUALS) continue;
    const value = skipBlanks(octets, position + 1, end);
    const valueEnd = endOfValue(octets, value, end);
    if (valueEnd <= value) return problem("parameter value expected", value);
    position = skipBlanks(octets, valueEnd, end);
  }
  if (position < end && octets[position] !== COMMA) return problem("semicolon expected", position);
  return new Parameters(source, from, position);
}

function endOfValue(octets: Uint8Array, from: number, end: number): number {
  if (from < end && octets[from] === QUOTE) return endOfQuoted(octets, from, end);
  let position = from;
  while (position < end && valueOctets[octets[position] ?? 0] === 1) position += 1;
  return position;
}
