import { COLON, endOfToken, find, skipBlanks, toLower, trimEnd } from "./character-classes.ts";
import { headerId, headerIdOf } from "./header-name.ts";
import { unfold } from "./header-text.ts";
import { FAR, idOf, type LineMark, lineOf, valueOffsetOf } from "./line-mark.ts";
import { OctetText } from "./octet-text.ts";
import { scanHead } from "./scanner.ts";
import { MalformedMessageError } from "./syntax-problem.ts";
import { endOfListValue } from "./value-list.ts";

interface HeadersInit {
  readonly source: OctetText;
  readonly first: number;
  readonly marks?: readonly LineMark[];
}

/**
 * Start line and header section of a message as one text, exactly as on the wire, and the places of its lines. A line is
 * known by the number that `indexOf` gives. Values are made when asked for.
 */
export class Headers {
  readonly source: OctetText;
  /** Where the first header line begins. */
  readonly first: number;
  private marks: readonly LineMark[] | undefined;

  /** Without marks, they are found at first use. */
  constructor({ source, first, marks }: HeadersInit) {
    this.source = source;
    this.first = first;
    this.marks = marks;
  }

  /** The same headers over a copy of their octets. */
  on(octets: Uint8Array): Headers {
    return new Headers({ source: new OctetText(this.text, octets), first: this.first, marks: this.lines() });
  }

  /** From the first octet of the start line to the empty line, included. */
  get text(): string {
    return this.source.text;
  }

  /** The first line with this `headerId`, or -1. */
  indexOf(id: number): number {
    return this.find(id, 0);
  }

  /** The next line with the same `headerId` after `line`, or -1. */
  after(line: number): number {
    return this.find(idOf(this.mark(line)), line + 1);
  }

  /** Where a line begins; that of the line after the last is the empty line. */
  lineFrom(line: number): number {
    return lineOf(this.mark(line));
  }

  /** Where the value of a line begins, right after the colon. */
  valueFrom(line: number): number {
    const mark = this.mark(line);
    const offset = valueOffsetOf(mark);
    return lineOf(mark) + (offset < FAR ? offset : this.farOffset(line));
  }

  /** Where a line ends, its CRLF excluded. */
  lineEnd(line: number): number {
    return this.lineFrom(line + 1) - 2;
  }

  /** All lines in order of appearance: name as written and unfolded value. */
  entries(): readonly (readonly [name: string, value: string])[] {
    const all: (readonly [string, string])[] = [];
    const count = this.lines().length - 1;
    for (let line = 0; line < count; line += 1) {
      const from = this.lineFrom(line);
      const nameEnd = endOfToken(this.source.octets, from, this.lineEnd(line));
      all.push([this.text.slice(from, nameEnd), this.valueOf(line)]);
    }
    return all;
  }

  /** The value of a line: blanks around it off, unfolded. */
  valueOf(line: number): string {
    const { octets, text } = this.source;
    const end = this.lineEnd(line);
    const from = skipBlanks(octets, this.valueFrom(line), end);
    return unfold(text.slice(from, trimEnd(octets, from, end)));
  }

  /** A line exactly as received, CRLF included. */
  rawLine(line: number): string {
    return this.text.slice(this.lineFrom(line), this.lineEnd(line) + 2);
  }

  /** The lines with this name (canonical or compact, any case), in order of appearance. */
  linesOf(name: string): readonly number[] {
    const id = headerIdOf(name);
    const found: number[] = [];
    for (let line = this.indexOf(id); line >= 0; line = this.after(line)) {
      if (id !== headerId.other || this.isNamed(line, name)) found.push(line);
    }
    return found;
  }

  /** The value of the first line with this name. */
  firstValue(name: string): string | undefined {
    const id = headerIdOf(name);
    for (let line = this.indexOf(id); line >= 0; line = this.after(line)) {
      if (id !== headerId.other || this.isNamed(line, name)) return this.valueOf(line);
    }
    return undefined;
  }

  /** The comma-separated values of all lines with this name; empty ones are left out. */
  values(name: string): readonly string[] {
    const { octets, text } = this.source;
    const values: string[] = [];
    for (const line of this.linesOf(name)) {
      const end = this.lineEnd(line);
      for (let position = this.valueFrom(line); position < end; position += 1) {
        const from = skipBlanks(octets, position, end);
        position = endOfListValue(octets, from, end);
        const valueEnd = trimEnd(octets, from, position);
        if (valueEnd > from) values.push(unfold(text.slice(from, valueEnd)));
      }
    }
    return values;
  }

  private isNamed(line: number, name: string): boolean {
    const { octets } = this.source;
    const from = this.lineFrom(line);
    if (endOfToken(octets, from, this.lineEnd(line)) - from !== name.length) return false;
    for (let index = 0; index < name.length; index += 1) {
      if (toLower(octets[from + index] ?? 0) !== toLower(name.charCodeAt(index))) return false;
    }
    return true;
  }

  private find(id: number, from: number): number {
    const marks = this.lines();
    for (let line = from; line < marks.length - 1; line += 1) {
      if (idOf(marks[line] ?? 0) === id) return line;
    }
    return -1;
  }

  private farOffset(line: number): number {
    const { octets } = this.source;
    const from = this.lineFrom(line);
    return find(octets, COLON, { from, end: octets.length }) + 1 - from;
  }

  private mark(line: number): LineMark {
    return this.lines()[line] ?? 0;
  }

  private lines(): readonly LineMark[] {
    return this.marks ?? this.scan();
  }

  /** For messages made here; received ones are scanned before. */
  private scan(): readonly LineMark[] {
    const { marks, problem } = scanHead(this.source.octets);
    if (problem !== undefined) throw new MalformedMessageError(problem);
    this.marks = marks;
    return marks;
  }
}
