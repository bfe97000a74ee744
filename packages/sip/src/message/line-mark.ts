/**
 * A header line in one small integer, so that the lines of a message cost one small array: 20 bits of where it begins, 7 of how
 * far from there its value begins, 5 of the id of its name.
 */
export type LineMark = number;

/** Header sections above this cannot be marked; a megabyte is far above every limit. */
export const MARKED_OCTETS: number = 2 ** 20;

/** The value begins this far away or farther. */
export const FAR = 0x7f;

export function markLine(line: number, value: number, id: number): LineMark {
  return (line << 12) | (Math.min(value - line, FAR) << 5) | id;
}

export function lineOf(mark: LineMark): number {
  return mark >>> 12;
}

/** How far the value is from the beginning of the line; `FAR` for every distance that is not below it. */
export function valueOffsetOf(mark: LineMark): number {
  return (mark >>> 5) & 0x7f;
}

export function idOf(mark: LineMark): number {
  return mark & 0x1f;
}
