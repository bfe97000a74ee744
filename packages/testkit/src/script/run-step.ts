import type { ParsedStep } from "./parse-step.ts";
import type { Simulation } from "./simulation.ts";
import { type Step, STEPS } from "./steps.ts";

/** How one step went. */
export type StepOutcome =
  | { readonly kind: "held"; readonly status?: number }
  | { readonly kind: "failed"; readonly reason: string };

/** Runs one step. What the other side does wrong is an outcome, never an exception. */
export async function runStep(simulation: Simulation, { name, words, status }: ParsedStep): Promise<StepOutcome> {
  const step: Step = STEPS[name];
  try {
    const result = await step.run(simulation, words);
    return judged(result.status, status);
  } catch (error) {
    // Expectations, faults, sockets, time-outs and conversations that are not there: the reason is what they say.
    if (error instanceof Error) return { kind: "failed", reason: error.message };
    throw error;
  }
}

/** `say bob alice@example.com Hello`: the step as it was written. */
export function stepText({ name, words, status }: ParsedStep): string {
  const expected = status === undefined ? "" : ` -> ${status}`;
  return [name, ...words].join(" ") + expected;
}

function judged(status: number | undefined, expected: number | undefined): StepOutcome {
  if (expected === undefined) {
    if (status === undefined) return { kind: "held" };
    return status < 300 ? { kind: "held", status } : { kind: "failed", reason: `answered ${status}` };
  }
  if (status === expected) return { kind: "held", status };
  return { kind: "failed", reason: `answered ${status ?? "without a status"}, not ${expected}` };
}
