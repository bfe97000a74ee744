const LABEL = 19;
const VALUE = 19;
const SECOND_LABEL = 11;

/** `Label              : value`, as the appliance prints it (facts B5). */
export function field(label: string, value: string): string {
  return `${label.padEnd(LABEL)}: ${value}`;
}

/** Two fields in one line. */
export function fields(left: readonly [string, string], right: readonly [string, string]): string {
  return `${field(left[0], left[1].padEnd(VALUE))}${right[0].padEnd(SECOND_LABEL)}: ${right[1]}`;
}
