import { endOfToken, equalsIgnoringCase, skipBlanks, trimEnd } from "./character-classes.ts";
import { headerId, headerIdOf } from "./header-name.ts";
import { isSendable, unfold } from "./header-text.ts";
import { MARKS_A_LINE, scanHeaderLines } from "./scanner.ts";
import { MalformedMessageError } from "./syntax-problem.ts";
import { splitValues } from "./value-list.ts";

/** A header to write: name and value. */
export type HeaderField = readonly [name: string, value: string];

/** What `with` changes; see `Headers.edited`. */
export interface HeaderEdit {
  /** New lines before all others, in this order. */
  readonly prepend?: readonly HeaderField[];
  /** Each name's first line gets the new value, its other lines go; a name not there yet is added at the end. */
  readonly replace?: readonly HeaderField[];
  /** New lines after all others. */
  readonly append?: readonly HeaderField[];
  /** Names whose lines all go. */
  readonly remove?: readonly string[];
}

/**
 * Start line and header section of a message as one text, exactly as on the wire, and the places of its lines. Lines
 * are counted from 0. Values are made when asked for.
 */
export class Headers {
  /** From the first octet of the start line to the empty line, included. */
  readonly text: string;
  /** Where the first header line begins. */
  readonly first: number;
  private marks: readonly number[] | undefined;

  constructor(text: string, first: number, marks?: readonly number[]) {
    this.text = text;
    this.first = first;
    this.marks = marks;
  }

  /** The number of header lines. */
  get size(): number {
    return this.lines().length / MARKS_A_LINE;
  }

  /** The first line with this number (`headerId`) from `line` on, or -1. */
  indexOf(id: number, line = 0): number {
    const marks = this.lines();
    for (let at = line * MARKS_A_LINE; at < marks.length; at += MARKS_A_LINE) {
      if (marks[at] === id) return at / MARKS_A_LINE;
    }
    return -1;
  }

  /** Where the value of a line begins, right after the colon. */
  valueFrom(line: number): number {
    return this.lines()[line * MARKS_A_LINE + 1] ?? 0;
  }

  /** Where a line ends, its CRLF excluded. */
  lineEnd(line: number): number {
    return this.lines()[line * MARKS_A_LINE + 2] ?? 0;
  }

  /** Where a line begins. */
  lineFrom(line: number): number {
    return line === 0 ? this.first : this.lineEnd(line - 1) + 2;
  }

  /** The name of a line as written. */
  nameOf(line: number): string {
    const from = this.lineFrom(line);
    return this.text.slice(from, endOfToken(this.text, from, this.lineEnd(line)));
  }

  /** The value of a line: blanks around it off, unfolded. */
  valueOf(line: number): string {
    const from = skipBlanks(this.text, this.valueFrom(line), this.lineEnd(line));
    return unfold(this.text.slice(from, trimEnd(this.text, from, this.lineEnd(line))));
  }

  /** A line exactly as received, CRLF included. */
  rawLine(line: number): string {
    return this.text.slice(this.lineFrom(line), this.lineEnd(line) + 2);
  }

  /** The lines with this name (canonical or compact, any case), in order of appearance. */
  linesOf(name: string): readonly number[] {
    const id = headerIdOf(name);
    const found: number[] = [];
    for (let line = this.indexOf(id); line >= 0; line = this.indexOf(id, line + 1)) {
      if (id !== headerId.other || this.isNamed(line, name)) found.push(line);
    }
    return found;
  }

  /** The value of the first line with this name. */
  firstValue(name: string): string | undefined {
    const id = headerIdOf(name);
    for (let line = this.indexOf(id); line >= 0; line = this.indexOf(id, line + 1)) {
      if (id !== headerId.other || this.isNamed(line, name)) return this.valueOf(line);
    }
    return undefined;
  }

  /** The comma-separated values of all lines with this name; empty ones are left out. */
  values(name: string): readonly string[] {
    const values: string[] = [];
    for (const line of this.linesOf(name)) {
      const places = splitValues(this.text, this.valueFrom(line), this.lineEnd(line));
      for (let at = 0; at < places.length; at += 2) {
        const value = this.text.slice(places[at], places[at + 1]);
        if (value !== "") values.push(unfold(value));
      }
    }
    return values;
  }

  /** The text with other lines; those not named stay as they are, octet by octet. Throws on values that hold CR or LF. */
  edited(edit: HeaderEdit): string {
    const { text, first } = this;
    const cuts = this.cutsOf(edit);
    let result = text.slice(0, first) + writeFields(edit.prepend);
    let position = first;
    for (const cut of cuts.sort((a, b) => a.from - b.from)) {
      result += text.slice(position, cut.from) + cut.text;
      position = cut.end;
    }
    return `${result}${text.slice(position, -2)}${writeFields(edit.append)}\r\n`;
  }

  private cutsOf(edit: HeaderEdit): Cut[] {
    const cuts: Cut[] = [];
    for (const name of edit.remove ?? []) this.cutLines(cuts, name, "");
    for (const field of edit.replace ?? []) {
      if (!this.cutLines(cuts, field[0], writeField(field))) {
        const end = this.text.length - 2;
        cuts.push({ from: end, end, text: writeField(field) });
      }
    }
    return cuts;
  }

  /** The first line becomes `text`, the others nothing. */
  private cutLines(cuts: Cut[], name: string, text: string): boolean {
    const lines = this.linesOf(name);
    for (const [index, line] of lines.entries()) {
      cuts.push({ from: this.lineFrom(line), end: this.lineEnd(line) + 2, text: index === 0 ? text : "" });
    }
    return lines.length > 0;
  }

  private isNamed(line: number, name: string): boolean {
    const from = this.lineFrom(line);
    return equalsIgnoringCase(this.text, [from, endOfToken(this.text, from, this.lineEnd(line))], name);
  }

  private lines(): readonly number[] {
    if (this.marks !== undefined) return this.marks;
    const marks: number[] = [];
    const found = scanHeaderLines(this.text, this.first, marks);
    if (found !== undefined) throw new MalformedMessageError(found);
    this.marks = marks;
    return marks;
  }
}

interface Cut {
  readonly from: number;
  readonly end: number;
  readonly text: string;
}

/** Header lines as they are sent. Throws a RangeError on a value that cannot be sent. */
export function writeFields(fields: readonly HeaderField[] | undefined): string {
  let text = "";
  for (const field of fields ?? []) text += writeField(field);
  return text;
}

function writeField([name, value]: HeaderField): string {
  if (!isSendable(value)) throw new RangeError(`value of ${name} cannot be sent: encode people's text as UTF-8 octets`);
  return `${name}: ${value}\r\n`;
}
