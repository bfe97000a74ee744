import { COLON, CR, HT, LF, SP, tokenOctets } from "./character-classes.ts";
import { headerIdAt } from "./header-name.ts";
import { problem, type SyntaxProblem } from "./syntax-problem.ts";

/** Numbers each header line takes in the marks: id of the name, value from, line end (its CRLF excluded). */
export const MARKS_A_LINE = 3;

/**
 * The one loop over header octets. Finds the lines of the header section that begins at `first` and ends with an empty
 * line, and adds their marks. Lines end with CRLF and nothing else: a bare CR or LF is refused, as two readers could
 * see different lines there. White space before the colon is HCOLON (RFC 3261 §25.1), a folded line belongs to the one before.
 */
export function scanHeaderLines(text: string, first: number, marks: number[]): SyntaxProblem | undefined {
  let position = first;
  for (;;) {
    let code = text.charCodeAt(position);
    if (code === CR) return text.charCodeAt(position + 1) === LF ? undefined : problem("bare CR", position);
    const name = position;
    while (tokenOctets[code] === 1) {
      position += 1;
      code = text.charCodeAt(position);
    }
    const nameEnd = position;
    while (code === SP || code === HT) {
      position += 1;
      code = text.charCodeAt(position);
    }
    if (code !== COLON || nameEnd === name) return problem("header name and colon expected", position);
    const value = position + 1;
    position = value;
    for (;;) {
      position = text.indexOf("\n", position);
      if (position < 0) return problem("header line without end", value);
      if (text.charCodeAt(position - 1) !== CR) return problem("bare LF", position);
      position += 1;
      code = text.charCodeAt(position);
      if (code !== SP && code !== HT) break;
    }
    const end = position - 2;
    if (hasBareCR(text, value, end)) return problem("bare CR", value);
    marks.push(headerIdAt(text, name, nameEnd), value, end);
  }
}

function hasBareCR(text: string, from: number, end: number): boolean {
  let position = text.indexOf("\r", from);
  while (position >= 0 && position < end) {
    if (text.charCodeAt(position + 1) !== LF) return true;
    position = text.indexOf("\r", position + 1);
  }
  return false;
}
