import type { CommandForm, Part, ShellCommand } from "./command-form.ts";

/** What one line means. */
export type Reading =
  | { readonly kind: "nothing" }
  | { readonly kind: "command"; readonly form: CommandForm; readonly command: ShellCommand }
  /** `word` fits nothing that may stand there. */
  | { readonly kind: "unknown"; readonly word: string; readonly expected: readonly string[] }
  | { readonly kind: "ambiguous"; readonly word: string; readonly candidates: readonly string[] }
  | { readonly kind: "incomplete"; readonly expected: readonly string[] };

/** Forms that fit the words so far, with the words written out. */
interface Partial {
  readonly forms: readonly CommandForm[];
  readonly words: readonly string[];
}

/** Reads a line against the table: words may be shortened as long as one command is meant. */
export function readLine(line: string, table: readonly CommandForm[]): Reading {
  const words = wordsOf(line);
  if (words.length === 0) return { kind: "nothing" };
  const partial = follow(words, table);
  if ("kind" in partial) return partial;
  const complete = partial.forms.find(({ parts }) => isComplete(parts, partial.words.length));
  if (complete === undefined) return { kind: "incomplete", expected: expectedAt(partial) };
  return { kind: "command", form: complete, command: complete.make(partial.words) };
}

/** The words of a line; double quotes keep blanks inside one. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"?|\S+/g)].map((match) => match[1] ?? match[0]);
}

/** What may come next after complete words; empty where nothing may. */
export function continuations(words: readonly string[], table: readonly CommandForm[]): readonly string[] {
  const partial = follow(words, table);
  return "kind" in partial ? [] : expectedAt(partial);
}

/** The forms that begin with these words. */
export function formsBeginning(words: readonly string[], table: readonly CommandForm[]): readonly CommandForm[] {
  const partial = follow(words, table);
  return "kind" in partial ? [] : partial.forms;
}

function follow(words: readonly string[], table: readonly CommandForm[]): Partial | Reading {
  let partial: Partial = { forms: table, words: [] };
  for (const [at, word] of words.entries()) {
    const rest = partial.forms.find(({ parts }) => parts[at]?.kind === "rest");
    if (rest !== undefined) return { forms: [rest], words: [...partial.words, words.slice(at).join(" ")] };
    const next = take(word, partial);
    if ("kind" in next) return next;
    partial = next;
  }
  return partial;
}

function take(word: string, { forms, words }: Partial): Partial | Reading {
  const at = words.length;
  const free = forms.filter(({ parts }) => parts[at]?.kind === "argument");
  if (free.length > 0) return { forms: free, words: [...words, word] };
  const candidates = matching(word, expectedAt({ forms, words }));
  const [meant] = candidates;
  if (meant === undefined) return { kind: "unknown", word, expected: expectedAt({ forms, words }) };
  if (candidates.length > 1) return { kind: "ambiguous", word, candidates };
  return { forms: forms.filter(({ parts }) => choices(parts[at]).includes(meant)), words: [...words, meant] };
}

/** The one that is written so, else all that begin so. */
export function matching(word: string, candidates: readonly string[]): readonly string[] {
  const wanted = word.toLowerCase();
  const exact = candidates.filter((candidate) => candidate.toLowerCase() === wanted);
  return exact.length > 0 ? exact : candidates.filter((candidate) => candidate.toLowerCase().startsWith(wanted));
}

function expectedAt({ forms, words }: Partial): readonly string[] {
  return [...new Set(forms.flatMap(({ parts }) => choices(parts[words.length])))];
}

function choices(part: Part | undefined): readonly string[] {
  switch (part?.kind) {
    case undefined:
      return [];
    case "words":
      return part.words;
    case "option":
      return [part.word];
    case "argument":
    case "rest":
      return [part.name];
  }
}

function isComplete(parts: readonly Part[], given: number): boolean {
  return parts.slice(given).every((part) => part.kind === "option" || (part.kind === "rest" && part.least === 0));
}
