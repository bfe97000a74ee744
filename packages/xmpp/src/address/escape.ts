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
/** `\5C` too: preparation makes it one. */
const SEQUENCE_WHEN_PREPARED = new RegExp(SEQUENCE, "gi");

/**
 * XEP-0106 §4: a foreign user name as the localpart of a JID, before it is prepared. A backslash is escaped only where
 * it begins what would read as an escape sequence. Undefined for a name that begins or ends with a space, which has none.
 */
export function escapeLocal(name: string): string | undefined {
  if (name.startsWith(" ") || name.endsWith(" ")) return undefined;
  return name
    .replace(SEQUENCE_WHEN_PREPARED, (sequence) => `\\5c${sequence.slice(1)}`)
    .replace(/[ "&'/:<>@]/g, escapeOf);
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
