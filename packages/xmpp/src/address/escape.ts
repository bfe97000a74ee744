import { caseMapped } from "./precis.ts";

const ESCAPES: ReadonlyMap<string, string> = new Map([
  [" ", "\\20"],
  ['"', "\\22"],
  ["&", "\\26"],
  ["'", "\\27"],
  ["/", "\\2f"],
  [":", "\\3a"],
  ["<", "\\3c"],
  [">", "\\3e"],
  ["@", "\\40"],
]);

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ...[...ESCAPES].map(([character, sequence]) => [sequence, character] as const),
  ["\\5c", "\\"],
]);

const SEQUENCE = /\\(?:20|22|26|27|2f|3a|3c|3e|40|5c)/g;
const BEGINS_SEQUENCE = /^(?:20|22|26|27|2f|3a|3c|3e|40|5c)/;
/** More than two characters may become two. */
const LOOK_AHEAD = 8;

/**
 * XEP-0106 §4: a foreign user name as the localpart of a JID, before it is prepared. A backslash is escaped only where
 * it begins what would read as an escape sequence. Undefined for a name that begins or ends with a space, which has none.
 * Composed (NFC): an accent must not come behind what looks like a sequence without it.
 */
export function escapeLocal(name: string): string | undefined {
  if (name.startsWith(" ") || name.endsWith(" ")) return undefined;
  return name
    .normalize("NFC")
    .replace(/\\/g, escapedBackslash)
    .replace(/[ "&'/:<>@]/g, escapeOf);
}

/** `\5C` begins a sequence too: it is `\5c` once it is prepared. */
function escapedBackslash(backslash: string, at: number, name: string): string {
  const ahead = caseMapped(name.slice(at + 1, at + 1 + LOOK_AHEAD));
  return BEGINS_SEQUENCE.test(ahead) ? "\\5c" : backslash;
}

/** XEP-0106 §4: the name a localpart stands for; any other backslash stays, as does `\20` at either end. */
export function unescapeLocal(local: string): string {
  return local.replace(SEQUENCE, (sequence, at: number) => {
    const isSpaceAtEnd = sequence === "\\20" && (at === 0 || at + sequence.length === local.length);
    return isSpaceAtEnd ? sequence : (ESCAPED.get(sequence) ?? sequence);
  });
}

function escapeOf(character: string): string {
  return ESCAPES.get(character) ?? character;
}
