import { decimal, endOfToken, skipBlanks, trimEnd } from "./character-classes.ts";
import type { OctetText } from "./octet-text.ts";
import { problem, type SyntaxProblem } from "./syntax-problem.ts";

/** CSeq (RFC 3261 §20.16): below 2^31 (§8.1.1.5), and the method as written. */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** Parses CSeq at a place. */
export function parseCSeqAt({ octets, text }: OctetText, start: number, stop: number): CSeq | SyntaxProblem {
  const from = skipBlanks(octets, start, stop);
  const end = trimEnd(octets, from, stop);
  const digitsEnd = endOfToken(octets, from, end);
  const number = decimal(octets, from, digitsEnd);
  if (number === undefined || number > 0x7fffffff) return problem("CSeq number below 2^31 expected", from);
  const method = skipBlanks(octets, digitsEnd, end);
  if (method === digitsEnd || method === end || endOfToken(octets, method, end) !== end) {
    return problem("CSeq method expected", method);
  }
  return { number, method: text.slice(method, end) };
}
