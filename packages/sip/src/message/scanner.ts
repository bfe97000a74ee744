import { COLON, CR, HT, LF, SP, tokenOctets } from "./character-classes.ts";
import { headerIdAt } from "./header-name.ts";
import { type LineMark, MARKED_OCTETS, markLine } from "./line-mark.ts";
import { problem, type SyntaxProblem } from "./syntax-problem.ts";

/** What the scan of a header section found. */
export interface Scan {
  /** The lines; and one mark more, for where the empty line begins. */
  readonly marks: readonly LineMark[];
  /** Where the first header line begins. */
  readonly first: number;
  /** The position after the empty line; -1 when the octets end before it. */
  readonly end: number;
  /** What is wrong with the lines. */
  readonly problem: SyntaxProblem | undefined;
}

/**
 * The one loop over header octets: a start line, header lines, an empty line. Lines end with CRLF and nothing else: a bare
 * CR or LF is refused, as two readers could see different lines there. White space before the colon is HCOLON (RFC 3261
 * §25.1), a line that begins with white space goes on the one before it (§7.3.1).
 */
export function scanHead(octets: Uint8Array): Scan {
  const marks: LineMark[] = [];
  const startLineEnd = endOfLine(octets, 0);
  if (startLineEnd < 0 || startLineEnd + 2 >= MARKED_OCTETS)
    return stopped(octets, startLineEnd < 0 ? ~startLineEnd : 0, { marks, first: 0, line: 0 });
  const first = startLineEnd + 2;
  let position = first;
  for (;;) {
    let code = octets[position] ?? 0;
    if (code === CR && octets[position + 1] === LF) {
      marks.push(markLine(position, position, 0));
      return { marks, first, end: position + 2, problem: undefined };
    }
    const line = position;
    while (tokenOctets[code] === 1) {
      position += 1;
      code = octets[position] ?? 0;
    }
    const nameEnd = position;
    while (code === SP || code === HT) {
      position += 1;
      code = octets[position] ?? 0;
    }
    if (code !== COLON || nameEnd === line) return stopped(octets, position, { marks, first, line });
    const value = position + 1;
    do {
      const end = endOfLine(octets, position);
      if (end < 0) return stopped(octets, ~end, { marks, first, line });
      position = end + 2;
      code = octets[position] ?? 0;
    } while (code === SP || code === HT);
    if (position >= MARKED_OCTETS) return stopped(octets, line, { marks, first, line });
    marks.push(markLine(line, value, headerIdAt(octets, line, nameEnd)));
  }
}

/** Where the line ends with CRLF; the complement of the place where it fails to. */
function endOfLine(octets: Uint8Array, from: number): number {
  let position = from;
  for (;;) {
    while ((octets[position] ?? 0) > CR) position += 1;
    const code = octets[position];
    if (code === CR) return octets[position + 1] === LF ? position : ~position;
    if (code === LF || code === undefined) return ~position;
    position += 1;
  }
}

interface Stop {
  readonly marks: LineMark[];
  readonly first: number;
  /** Where the line begins that cannot be read; the lines before it can. */
  readonly line: number;
}

function stopped(octets: Uint8Array, position: number, { marks, first, line }: Stop): Scan {
  marks.push(markLine(line, line, 0));
  const isAtEnd = position >= octets.length || (position === octets.length - 1 && octets[position] === CR);
  return { marks, first, end: -1, problem: isAtEnd ? undefined : problem("malformed header line", position) };
}
