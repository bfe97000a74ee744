import type { CommandForm } from "./command-form.ts";
import { continuations, formsBeginning, matching, readLine, wordsOf } from "./read-line.ts";

/** What the word under the cursor may become. */
export interface Completion {
  /** As far as it is typed; empty behind a blank. */
  readonly word: string;
  readonly candidates: readonly string[];
}

const PLACEHOLDER = /^[A-Z]+$/;

/** Candidates for the last word of `text`; `services` stand where the name of one is wanted. */
export function complete(text: string, table: readonly CommandForm[], services: readonly string[]): Completion {
  const { before, word } = split(text);
  const known = continuations(before, table).flatMap((choice) => {
    if (!PLACEHOLDER.test(choice)) return [choice];
    return formsBeginning(before, table).every(namesService) ? services : [];
  });
  return { word, candidates: matching(word, known) };
}

/** What `text` grows by: the rest of the one candidate, or what all candidates begin with. */
export function growth({ word, candidates }: Completion): string {
  const [only, ...others] = candidates;
  if (only === undefined) return "";
  if (others.length === 0) return `${only.slice(word.length)} `;
  return commonBeginning(candidates).slice(word.length);
}

/** What `?` tells: each word that may stand here, and what it leads to. */
export function hints(text: string, table: readonly CommandForm[]): readonly string[] {
  const { before, word } = split(text);
  const choices = continuations(before, table);
  const fitting = choices.filter((choice) => PLACEHOLDER.test(choice) || matching(word, [choice]).length > 0);
  const lines = fitting.map((choice) => {
    const forms = formsBeginning([...before, choice], table);
    return `  ${choice.padEnd(10)} ${forms.length === 1 ? (forms[0]?.summary ?? "") : forms.map(tailAfter(before)).join(", ")}`;
  });
  const isWhole = word === "" && readLine(text, table).kind === "command";
  return isWhole ? [...lines, "  <Enter>    does it"] : lines;
}

function split(text: string): { readonly before: readonly string[]; readonly word: string } {
  const words = wordsOf(text);
  if (text === "" || /\s$/.test(text)) return { before: words, word: "" };
  return { before: words.slice(0, -1), word: words.at(-1) ?? "" };
}

function namesService({ text }: CommandForm): boolean {
  return text.startsWith("utils service");
}

/** The words of a form behind those already there and the next one. */
function tailAfter(before: readonly string[]): (form: CommandForm) => string {
  return ({ text }) =>
    text
      .split(" ")
      .slice(before.length + 1)
      .join(" ");
}

function commonBeginning(words: readonly string[]): string {
  const [first = "", ...others] = words;
  let length = first.length;
  while (!others.every((word) => word.startsWith(first.slice(0, length)))) length -= 1;
  return first.slice(0, length);
}
