import {
  COMMA,
  EQUALS,
  endOfQuoted,
  endOfToken,
  equalsIgnoringCase,
  isBlank,
  LEFT_ANGLE,
  QUOTE,
  RIGHT_ANGLE,
  SEMICOLON,
  skipBlanks,
} from "./character-classes.ts";
import { unfold, unquote } from "./header-text.ts";
import { problem, type SyntaxProblem } from "./syntax-problem.ts";

/**
 * `;name=value` lists of header values and URIs (RFC 3261 §7.3.1, §19.1.1). Names are found in any case, the first of a
 * name wins. Holds places in the text; strings are made when asked for.
 */
export class Parameters {
  private readonly text: string;
  /** Four numbers a parameter: name from, name end, value from, value end; value from is -1 without a value. */
  private readonly marks: readonly number[];

  constructor(text: string, marks: readonly number[]) {
    this.text = text;
    this.marks = marks;
  }

  get size(): number {
    return this.marks.length / 4;
  }

  /** The value, quotes off. Undefined when the parameter is absent or has no value: see `has`. */
  get(name: string): string | undefined {
    const raw = this.raw(name);
    return raw === undefined ? undefined : unquote(raw);
  }

  /** The value as received, quotes kept. */
  raw(name: string): string | undefined {
    const at = this.find(name);
    return at < 0 ? undefined : this.valueAt(at);
  }

  has(name: string): boolean {
    return this.find(name) >= 0;
  }

  /** Name and value (quotes kept, undefined without one) in order of appearance. */
  entries(): readonly (readonly [string, string | undefined])[] {
    const all: (readonly [string, string | undefined])[] = [];
    for (let at = 0; at < this.marks.length; at += 4) {
      all.push([this.text.slice(this.marks[at], this.marks[at + 1]), this.valueAt(at)]);
    }
    return all;
  }

  private valueAt(at: number): string | undefined {
    const from = this.marks[at + 2] ?? -1;
    return from < 0 ? undefined : unfold(this.text.slice(from, this.marks[at + 3]));
  }

  private find(name: string): number {
    for (let at = 0; at < this.marks.length; at += 4) {
      const from = this.marks[at] ?? 0;
      const end = this.marks[at + 1] ?? 0;
      if (end - from === name.length && equalsIgnoringCase(this.text, [from, end], name)) return at;
    }
    return -1;
  }
}

/** The list without parameters. */
export const noParameters: Parameters = new Parameters("", []);

/**
 * Parses `*( SEMI generic-param )` from `from` to `end`. A value is a token, a host or a quoted string; other visible
 * characters are let through, as products put base64 there.
 */
export function parseParametersAt(text: string, from: number, end: number): Parameters | SyntaxProblem {
  let position = skipBlanks(text, from, end);
  if (position === end) return noParameters;
  const marks: number[] = [];
  while (position < end) {
    if (text.charCodeAt(position) !== SEMICOLON) return problem("semicolon expected before parameter", position);
    const name = skipBlanks(text, position + 1, end);
    const nameEnd = endOfToken(text, name, end);
    if (nameEnd === name) return problem("parameter name expected", name);
    position = skipBlanks(text, nameEnd, end);
    if (position >= end || text.charCodeAt(position) !== EQUALS) {
      marks.push(name, nameEnd, -1, -1);
      continue;
    }
    const value = skipBlanks(text, position + 1, end);
    const valueEnd = endOfValue(text, value, end);
    if (valueEnd <= value) return problem("parameter value expected", value);
    marks.push(name, nameEnd, value, valueEnd);
    position = skipBlanks(text, valueEnd, end);
  }
  return new Parameters(text, marks);
}

function endOfValue(text: string, from: number, end: number): number {
  if (from < end && text.charCodeAt(from) === QUOTE) return endOfQuoted(text, from, end);
  let position = from;
  while (position < end && isValueCharacter(text.charCodeAt(position))) position += 1;
  return position;
}

function isValueCharacter(code: number): boolean {
  if (code === SEMICOLON || code === COMMA || code === QUOTE || code === LEFT_ANGLE || code === RIGHT_ANGLE)
    return false;
  return !isBlank(code) && code > 0x1f && code !== 0x7f;
}
