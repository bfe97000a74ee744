import { COMMA, endOfQuoted, find, LEFT_ANGLE, QUOTE, RIGHT_ANGLE } from "./character-classes.ts";

/**
 * Where the first of the comma-separated values (RFC 3261 §7.3.1) between `from` and `end` ends: a comma, or `end`. Commas in
 * quoted strings and between angle brackets separate nothing.
 */
export function endOfListValue(octets: Uint8Array, from: number, end: number): number {
  for (let position = from; position < end; position += 1) {
    const code = octets[position];
    if (code === COMMA) return position;
    if (code === LEFT_ANGLE) position = find(octets, RIGHT_ANGLE, { from: position, end });
    else if (code === QUOTE) {
      const after = endOfQuoted(octets, position, end);
      if (after < 0) return end;
      position = after - 1;
    }
  }
  return end;
}
