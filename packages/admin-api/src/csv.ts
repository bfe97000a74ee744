/** A row of fields and the line of the text it begins on, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Rows of fields, or the line that cannot be read. */
export type Csv =
  | { readonly kind: "rows"; readonly rows: readonly CsvRow[] }
  | { readonly kind: "problem"; readonly line: number; readonly message: string };

/** Reads RFC 4180: quotes, doubled quotes, line ends within quotes. Rows without anything in them are left away. */
export function parseCsv(text: string): Csv {
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let [line, begun] = [1, 1];
  let rest = text.replace(/^\uFEFF/, "");
  while (rest !== "") {
    const field = rest.startsWith('"') ? quotedField(rest) : plainField(rest);
    if (field === undefined)
      return { kind: "problem", line, message: "a quote is never closed, or closed in the middle" };
    fields.push(field.value);
    line += lineEnds(rest.slice(0, field.length));
    const separator = rest.charAt(field.length);
    rest = rest.slice(field.length + 1);
    if (separator === "\r" && rest.startsWith("\n")) rest = rest.slice(1);
    if (separator === "," && rest !== "") continue;
    if (separator === ",") fields.push("");
    if (fields.some((value) => value !== "")) rows.push({ line: begun, fields });
    line += 1;
    [fields, begun] = [[], line];
  }
  return { kind: "rows", rows };
}

interface Field {
  readonly value: string;
  readonly length: number;
}

function plainField(text: string): Field {
  const length = /[,\r\n]/.exec(text)?.index ?? text.length;
  return { value: text.slice(0, length).trim(), length };
}

function quotedField(text: string): Field | undefined {
  const match = /^"((?:[^"]|"")*)"(?=[,\r\n]|$)/.exec(text);
  if (match === null) return undefined;
  return { value: (match[1] ?? "").replaceAll('""', '"'), length: match[0].length };
}

function lineEnds(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
