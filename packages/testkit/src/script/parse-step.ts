import { type Step, type StepName, STEPS } from "./steps.ts";

/** One step of a script, or one line of the prompt. */
export interface ParsedStep {
  readonly name: StepName;
  readonly words: readonly string[];
  /** The status it must be answered with; any success where none was written. */
  readonly status?: number;
}

/** A line that is no step; the message says why. */
export class StepError extends Error {
  override readonly name = "StepError";
}

/** Reads `say bob alice@example.com "Good morning" -> 480`. Throws `StepError`. */
export function parseStep(line: string): ParsedStep {
  const [, left = "", status] = /^(.*?)(?:\s+->\s+([1-6]\d\d))?$/s.exec(line.trim()) ?? [];
  const [name = "", rest = ""] = cut(left);
  if (!isStep(name)) throw new StepError(`there is no step ${JSON.stringify(name)}: ${Object.keys(STEPS).join(", ")}`);
  return { name, words: read(name, rest), ...(status === undefined ? {} : { status: Number(status) }) };
}

/** A step as it is written, for help and for errors. */
export function stepUsage(name: StepName): string {
  const { words, optional = 0, oneOf = {} }: Step = STEPS[name];
  const written = words.map((word, at) => {
    const choice = oneOf[at] ?? [];
    const shown = choice.length > 0 && choice.length < 8 ? choice.join("|") : word;
    return at >= words.length - optional ? `[${shown}]` : shown;
  });
  return [name, ...written].join(" ");
}

function read(name: StepName, text: string): readonly string[] {
  const { words, optional = 0, oneOf = {} }: Step = STEPS[name];
  const found: string[] = [];
  let rest = text;
  for (let at = 0; at < words.length && rest !== ""; at += 1) {
    const [word, after] = at === words.length - 1 ? [unquoted(rest), ""] : cut(rest);
    const choice = oneOf[at];
    if (choice?.includes(word) === false) throw new StepError(`${name}: ${word} is none of ${choice.join(", ")}`);
    found.push(word);
    rest = after;
  }
  if (rest !== "" || found.length < words.length - optional) throw new StepError(`it is written: ${stepUsage(name)}`);
  if (name === "pause" && !/^\d{1,5}(\.\d{1,3})?$/.test(found[0] ?? "")) throw new StepError("pause takes seconds");
  return found;
}

function isStep(word: string): word is StepName {
  return Object.hasOwn(STEPS, word);
}

/** The first word and what stands behind it. */
function cut(text: string): readonly [string, string] {
  const [, word = "", rest = ""] = /^(\S*)\s*(.*)$/s.exec(text.trim()) ?? [];
  return [word, rest];
}

function unquoted(text: string): string {
  return /^"(.*)"$/s.exec(text)?.[1] ?? text;
}
