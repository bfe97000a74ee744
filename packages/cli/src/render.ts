/** A column of a table: its heading and what stands in it. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
}

/** Rows under headings, for people; columns as wide as their widest cell, counted in characters. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map(({ cell }) => printable(cell(row))));
  const lines = [columns.map(({ heading }) => heading), ...cells];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => lengthOf(line[index] ?? ""))));
  return lines.map((line) => padded(line, widths).trimEnd()).join("\n");
}

/** Text from elsewhere without what a terminal would obey. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, "\u{FFFD}");
}

function padded(line: readonly string[], widths: readonly number[]): string {
  return line.map((cell, index) => cell + " ".repeat((widths[index] ?? 0) - lengthOf(cell))).join("  ");
}

function lengthOf(text: string): number {
  return [...text].length;
}
