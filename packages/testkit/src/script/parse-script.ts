import { parse as parseYaml, YAMLError } from "yaml";
import { type ParsedStep, parseStep, StepError } from "./parse-step.ts";

/** A script that cannot be run; one message a mistake, each with the place of the step. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}

/** Reads a script: a list of steps, in YAML or JSON, each a line of text. Throws `ScriptError` for all mistakes at once. */
export function parseScript(text: string): readonly ParsedStep[] {
  const list = documentIn(text);
  if (!Array.isArray(list) || list.length === 0) throw new ScriptError("a script is a list of steps");
  const mistakes: string[] = [];
  const steps = (list as readonly unknown[]).flatMap((line, at) => {
    const step = read(line);
    if (typeof step !== "string") return [step];
    mistakes.push(`[${at}]: ${step}`);
    return [];
  });
  if (mistakes.length > 0) throw new ScriptError(mistakes.join("\n"));
  return steps;
}

function read(line: unknown): ParsedStep | string {
  if (typeof line !== "string") return "a step is a line of text; quote one that holds a colon and a blank";
  try {
    return parseStep(line);
  } catch (error) {
    if (error instanceof StepError) return error.message;
    throw error;
  }
}

function documentIn(text: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 0 });
  } catch (error) {
    if (error instanceof YAMLError) throw new ScriptError(error.message, { cause: error });
    throw error;
  }
}
