import { endOfToken, skipBlanks, trimEnd } from "./character-classes.ts";
import { problem, type SyntaxProblem } from "./syntax-problem.ts";

/** CSeq (RFC 3261 §20.16): below 2^31 (§8.1.1.5), and the method as written. */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** Parses CSeq in a part of a text. */
export function parseCSeqAt(text: string, start: number, stop: number): CSeq | SyntaxProblem {
  const from = skipBlanks(text, start, stop);
  const end = trimEnd(text, from, stop);
  const digitsEnd = endOfToken(text, from, end);
  const number = decimal(text, [from, digitsEnd], 0x7fffffff);
  if (number === undefined) return problem("CSeq number below 2^31 expected", from);
  const method = skipBlanks(text, digitsEnd, end);
  if (method === digitsEnd || method === end || endOfToken(text, method, end) !== end) {
    return problem("CSeq method expected", method);
  }
  return { number, method: text.slice(method, end) };
}

/** The value of a run of decimal digits, or undefined when it is empty, holds anything else or exceeds `most`. */
export function decimal(text: string, range: readonly [number, number], most: number): number | undefined {
  const [from, end] = range;
  if (from === end) return undefined;
  let value = 0;
  for (let position = from; position < end; position += 1) {
    const digit = text.charCodeAt(position) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
    if (value > most) return undefined;
  }
  return value;
}
