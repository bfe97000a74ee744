/** Deeper than people nest. */
const MAX_DEPTH = 32;
/** Neither numbers nor options (RFC 4512 §2.5), which the library cannot write. */
const NAME = "[A-Za-z][A-Za-z0-9-]*";
const RULE = `(?:${NAME}|[0-9]+(?:\\.[0-9]+)*)`;
const VALUE = "(?:[^()\\\\\\0]|\\\\[0-9A-Fa-f]{2})*";
const ITEM = new RegExp(`${NAME}(?:[~<>]?=|(?::dn)?(?::${RULE})?:=)${VALUE}|(?::dn)?:${RULE}:=${VALUE}`, "y");

/** What is wrong with the text as a search filter (RFC 4515 §3), with the place; undefined for a filter. */
export function searchFilterProblem(text: string): string | undefined {
  const end = endOfFilter(text, 0, 0);
  if (typeof end === "string") return end;
  return end === text.length ? undefined : `goes on after its end at character ${end + 1}`;
}

/** Where the filter that begins at `at` is over, or what is wrong with it. */
function endOfFilter(text: string, at: number, depth: number): number | string {
  if (text.charAt(at) !== "(") return `wants "(" at character ${at + 1}`;
  if (depth >= MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH}`;
  const end = endOfContent(text, at + 1, depth);
  if (typeof end === "string") return end;
  return text.charAt(end) === ")" ? end + 1 : `wants ")" at character ${end + 1}`;
}

function endOfContent(text: string, at: number, depth: number): number | string {
  switch (text.charAt(at)) {
    case "!":
      return endOfFilter(text, at + 1, depth + 1);
    case "&":
    case "|":
      return endOfFilters(text, at + 1, depth + 1);
    default:
      ITEM.lastIndex = at;
      return ITEM.test(text) ? ITEM.lastIndex : `has no attribute=value at character ${at + 1}`;
  }
}

function endOfFilters(text: string, first: number, depth: number): number | string {
  let at: number | string = first;
  do {
    at = endOfFilter(text, at, depth);
  } while (typeof at === "number" && text.charAt(at) === "(");
  return at;
}
