import { COMMA, endOfQuoted, LEFT_ANGLE, QUOTE, RIGHT_ANGLE, skipBlanks, trimEnd } from "./character-classes.ts";

/**
 * The places of the comma-separated values between `from` and `end` (RFC 3261 §7.3.1), blanks off: from, end, from,
 * end, … Commas in quoted strings and between angle brackets separate nothing. Empty values are kept as empty places.
 */
export function splitValues(text: string, from: number, end: number): number[] {
  const places: number[] = [];
  let start = from;
  let position = from;
  while (position < end) {
    const code = text.charCodeAt(position);
    if (code === COMMA) {
      addPlace(places, text, [start, position]);
      start = position + 1;
    } else if (code === QUOTE) {
      const after = endOfQuoted(text, position, end);
      position = after < 0 ? end : after;
      continue;
    } else if (code === LEFT_ANGLE) {
      position = afterAngle(text, position, end);
      continue;
    }
    position += 1;
  }
  addPlace(places, text, [start, end]);
  return places;
}

function afterAngle(text: string, from: number, end: number): number {
  for (let position = from; position < end; position += 1) {
    if (text.charCodeAt(position) === RIGHT_ANGLE) return position + 1;
  }
  return end;
}

function addPlace(places: number[], text: string, range: readonly [number, number]): void {
  const from = skipBlanks(text, range[0], range[1]);
  places.push(from, trimEnd(text, from, range[1]));
}
