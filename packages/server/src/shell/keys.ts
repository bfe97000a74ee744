/** A change of the line, or of the place in it. */
export type Edit =
  | "erase-left"
  | "erase-right"
  | "erase-before"
  | "erase-after"
  | "erase-word"
  | "left"
  | "right"
  | "home"
  | "end";

type Command = "enter" | "tab" | "up" | "down" | "interrupt" | "end-of-input" | "redraw" | "other";

/** What was pressed at a terminal. */
export type Key =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "edit"; readonly edit: Edit }
  | { readonly kind: Command };

const CONTROLS: Readonly<Record<string, Key>> = {
  "\r": { kind: "enter" },
  "\n": { kind: "enter" },
  "\t": { kind: "tab" },
  "\x03": { kind: "interrupt" },
  "\x04": { kind: "end-of-input" },
  "\x0c": { kind: "redraw" },
  "\x0e": { kind: "down" },
  "\x10": { kind: "up" },
  "\x01": { kind: "edit", edit: "home" },
  "\x02": { kind: "edit", edit: "left" },
  "\x05": { kind: "edit", edit: "end" },
  "\x06": { kind: "edit", edit: "right" },
  "\x08": { kind: "edit", edit: "erase-left" },
  "\x0b": { kind: "edit", edit: "erase-after" },
  "\x15": { kind: "edit", edit: "erase-before" },
  "\x17": { kind: "edit", edit: "erase-word" },
  "\x7f": { kind: "edit", edit: "erase-left" },
};

/** Behind `ESC [` or `ESC O` (ECMA-48 §5.4, and what xterm sends). */
const SEQUENCES: Readonly<Record<string, Key>> = {
  A: { kind: "up" },
  B: { kind: "down" },
  C: { kind: "edit", edit: "right" },
  D: { kind: "edit", edit: "left" },
  H: { kind: "edit", edit: "home" },
  F: { kind: "edit", edit: "end" },
  "1~": { kind: "edit", edit: "home" },
  "3~": { kind: "edit", edit: "erase-right" },
  "4~": { kind: "edit", edit: "end" },
};

const ESCAPE = "\x1b";
/** What may follow ESC: whole, and as far as it has come. */
const SEQUENCE = /^(?:\[([0-?]*[ -/]*[@-~])|O([@-~])|([^[O]))/;
const BEGUN = /^(?:\[[0-?]*[ -/]*|O)?$/;

const OTHER: Key = { kind: "other" };

/** The keys in a piece of input, and the beginning of a sequence whose end is still to come. */
export function keysIn(input: string): { readonly keys: readonly Key[]; readonly rest: string } {
  const keys: Key[] = [];
  let left = input;
  while (left !== "") {
    if (left.startsWith(ESCAPE) && BEGUN.test(left.slice(1))) return { keys, rest: left };
    const { key, length } = left.startsWith(ESCAPE) ? sequenceAt(left) : plainAt(left);
    keys.push(key);
    left = left.slice(length);
  }
  return { keys, rest: "" };
}

interface Found {
  readonly key: Key;
  readonly length: number;
}

function sequenceAt(input: string): Found {
  const match = SEQUENCE.exec(input.slice(1));
  return { key: SEQUENCES[match?.[1] ?? match?.[2] ?? ""] ?? OTHER, length: 1 + (match?.[0].length ?? 0) };
}

function plainAt(input: string): Found {
  // A question mark is a key of its own, also in what is pasted.
  const text = /^(?:\?|[^\p{Cc}?]+)/u.exec(input)?.[0];
  if (text !== undefined) return { key: { kind: "text", text }, length: text.length };
  return { key: CONTROLS[input.charAt(0)] ?? OTHER, length: 1 };
}
