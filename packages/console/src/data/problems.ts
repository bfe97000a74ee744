import { type FieldProblem, RefusedError } from "@interpres/admin-api";

/** What the node refused, divided into what belongs to a field of the form and what does not. */
export interface Refusal {
  readonly fields: Readonly<Record<string, string>>;
  readonly general: readonly string[];
}

/** `names`: the fields of the form. `speaksFor.2` belongs to the field `speaksFor`. */
export function refusalOf(error: unknown, names: readonly string[]): Refusal {
  const errors = error instanceof RefusedError ? (error.problem.errors ?? []) : [];
  if (errors.length === 0) return { fields: {}, general: [messageOf(error)] };
  const fields: Record<string, string> = {};
  const general: string[] = [];
  for (const each of errors) {
    const name = names.find((known) => each.path === known || each.path.startsWith(`${known}.`));
    if (name === undefined) general.push(sentence(each));
    else fields[name] = [fields[name], each.message].filter((text) => text !== undefined).join("; ");
  }
  return { fields, general };
}

/** One line for a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sentence({ path, message }: FieldProblem): string {
  return path === "" ? message : `${path}: ${message}`;
}
