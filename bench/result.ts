export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** One section of `npm run bench`. */
export interface BenchResult {
  readonly section: string;
  readonly rows: readonly Row[];
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest-rank quantile; NaN for no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function tableOf(result: BenchResult): string {
  const width = Math.max(...result.rows.map((row) => row.name.length));
  const lines = result.rows.map(
    (row) => `  ${row.name.padEnd(width)}  ${formatted(row.value).padStart(12)} ${row.unit}`,
  );
  return [`${result.section}`, ...lines, ""].join("\n");
}

function formatted(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(2);
}
