/** Rows of fields (RFC 4180): quotes, doubled quotes, line ends within quotes; undefined when a quote is never closed. */
export function parseCsv(text: string): readonly (readonly string[])[] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  let rest = text.replace(/^\uFEFF/, "");
  while (rest !== "") {
    const field = rest.startsWith('"') ? quotedField(rest) : plainField(rest);
    if (field === undefined) return undefined;
    row.push(field.value);
    const separator = rest.charAt(field.length);
    rest = rest.slice(field.length + 1);
    if (separator === "\r" && rest.startsWith("\n")) rest = rest.slice(1);
    if (separator === "," && rest !== "") continue;
    if (separator === ",") row.push("");
    rows.push(row);
    row = [];
  }
  return rows.filter((fields) => fields.some((field) => field !== ""));
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
