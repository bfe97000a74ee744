import { printable } from "@interpres/admin-api";

/** A column of a table: its heading and what stands in it. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
}

/** Where text is shown: a screen of so many columns, or a file or pipe, which takes lines of any length and no colour. */
export type Surface =
  | { readonly kind: "screen"; readonly columns: number; readonly colour: "yes" | "no" }
  | { readonly kind: "file" };

const GAP = 2;
const NARROWEST_CELL = 8;
const BOLD = { on: "\u001b[1m", off: "\u001b[22m" };

/** Rows under headings, for people; columns as wide as their widest cell, counted in characters. On a screen long cells go on below. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  surface: Surface = { kind: "file" },
): string {
  const headings = columns.map(({ heading }) => heading);
  const lines = [headings, ...rows.map((row) => columns.map(({ cell }) => printable(cell(row))))];
  const wanted = headings.map((_, index) => Math.max(...lines.map((line) => lengthOf(line[index] ?? ""))));
  const widths = surface.kind === "screen" ? fitted(wanted, surface.columns) : wanted;
  const [top = "", ...rest] = lines.map((line) => laid(line, widths));
  const isBold = surface.kind === "screen" && surface.colour === "yes";
  return [isBold ? `${BOLD.on}${top}${BOLD.off}` : top, ...rest].join("\n");
}

/** The widest column gives way, one character after the other, until the table fits or no cell can be narrower. */
function fitted(wanted: readonly number[], columns: number): readonly number[] {
  const widths = [...wanted];
  let excess = widths.reduce((sum, width) => sum + width + GAP, -GAP) - columns;
  while (excess > 0 && Math.max(...widths) > NARROWEST_CELL) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function laid(cells: readonly string[], widths: readonly number[]): string {
  const parts = cells.map((cell, index) => broken(cell, widths[index] ?? 0));
  const height = Math.max(...parts.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    parts
      .map((lines, index) => padded(lines[row] ?? "", widths[index] ?? 0))
      .join(" ".repeat(GAP))
      .trimEnd(),
  ).join("\n");
}

/** At blanks where there are some, else wherever the width ends. */
function broken(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = [...text];
  while (rest.length > width) {
    const blank = rest.lastIndexOf(" ", width);
    const end = blank > 0 ? blank : width;
    lines.push(rest.slice(0, end).join(""));
    rest = rest.slice(blank > 0 ? end + 1 : end);
  }
  return [...lines, rest.join("")];
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - lengthOf(text)));
}

function lengthOf(text: string): number {
  return [...text].length;
}
