import { isToken } from "./character-classes.ts";
import { isSendable } from "./header-text.ts";
import { Headers } from "./headers.ts";
import { OctetText } from "./octet-text.ts";

/** A header to write: name, and value in octets. */
export type HeaderField = readonly [name: string, value: string];

/** What to change about the header lines of a message. */
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

const emptyLine = "\r\n";

/** A piece of the text that gives way to another. */
interface Cut {
  readonly from: number;
  readonly end: number;
  readonly text: string;
}

/** The headers with other lines; those not named stay as they are, octet by octet. Throws a RangeError on what cannot be sent. */
export function editHeaders(headers: Headers, edit: HeaderEdit): Headers {
  const { text, first } = headers;
  let result = text.slice(0, first) + writeFields(edit.prepend);
  let position = first;
  for (const cut of cutsOf(headers, edit)) {
    result += text.slice(position, cut.from) + cut.text;
    position = cut.end;
  }
  if (edit.append === undefined) result += text.slice(position);
  else result += `${text.slice(position, -emptyLine.length)}${writeFields(edit.append)}${emptyLine}`;
  return new Headers({ source: new OctetText(result), first });
}

function cutsOf(headers: Headers, { remove, replace }: HeaderEdit): readonly Cut[] {
  const cuts: Cut[] = [];
  for (const name of remove ?? []) addCuts(cuts, headers, [name, undefined]);
  for (const field of replace ?? []) addCuts(cuts, headers, field);
  return cuts.length > 1 ? cuts.sort((a, b) => a.from - b.from) : cuts;
}

/** The first line of the name becomes the field, its others nothing; without a line, the field comes last. */
function addCuts(cuts: Cut[], headers: Headers, [name, value]: readonly [string, string | undefined]): void {
  let text = value === undefined ? "" : writeField([name, value]);
  for (const line of headers.linesOf(name)) {
    cuts.push({ from: headers.lineFrom(line), end: headers.lineEnd(line) + 2, text });
    text = "";
  }
  const last = headers.text.length - emptyLine.length;
  if (text !== "") cuts.push({ from: last, end: last, text });
}

/** Header lines as they are sent. Throws a RangeError on a name or value that cannot be sent. */
export function writeFields(fields: readonly HeaderField[] | undefined): string {
  let text = "";
  if (fields !== undefined) for (const field of fields) text += writeField(field);
  return text;
}

function writeField([name, value]: HeaderField): string {
  if (!isToken(name) || !isSendable(value)) {
    throw new RangeError(
      `header ${name} cannot be sent: people's text goes through encodeUtf8, line ends are not allowed`,
    );
  }
  return `${name}: ${value}\r\n`;
}
