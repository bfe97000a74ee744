import { type FieldProblem, fieldProblems } from "@interpres/runtime";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import type { FederationSettings } from "./settings.ts";

/** One thing wrong with an input: where (dotted path, `ciphers.2`), and what, for people. */
export type Problem = FieldProblem;

/** The edit was refused and nothing changed. `type` is the stable slug of the RFC 9457 problem. */
export interface Refused {
  readonly kind: "refused";
  readonly status: 400 | 404 | 409;
  readonly type: string;
  readonly errors: readonly Problem[];
}

/** The next snapshot, and what was written. `warnings` stop nothing; the administrator ought to read them. */
export interface Changed<Resource> {
  readonly kind: "changed";
  readonly settings: FederationSettings;
  readonly resource: Resource;
  readonly warnings: readonly Problem[];
}

export type Edit<Resource> = Changed<Resource> | Refused;

export function changed<Resource>(
  settings: FederationSettings,
  resource: Resource,
  warnings: readonly Problem[] = [],
): Changed<Resource> {
  return { kind: "changed", settings, resource, warnings };
}

export function invalid(errors: readonly Problem[]): Refused {
  return { kind: "refused", status: 400, type: "invalid-input", errors };
}

export function notFound(path: string, message: string): Refused {
  return { kind: "refused", status: 404, type: "not-found", errors: [{ path, message }] };
}

export function conflict(type: string, path: string, message: string): Refused {
  return { kind: "refused", status: 409, type, errors: [{ path, message }] };
}

/** An input in the shape of its schema, defaults filled in; or what is wrong with it. */
export type Checked<Value> = { readonly kind: "input"; readonly value: Value } | Refused;

/** Checks `input` against `schema`. Keys in `readOnly` are what a reader was shown and may send back; they are dropped. */
export function checkInput<Schema extends TSchema>(
  schema: Schema,
  input: unknown,
  readOnly: readonly string[],
): Checked<Static<Schema>> {
  const value = Value.Default(schema, withoutKeys(input, readOnly));
  const errors = schemaProblems(schema, value);
  return errors.length === 0 ? { kind: "input", value: value as Static<Schema> } : invalid(errors);
}

function withoutKeys(input: unknown, keys: readonly string[]): unknown {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return input;
  return structuredClone(Object.fromEntries(Object.entries(input).filter(([key]) => !keys.includes(key))));
}

/** What `schema` finds wrong with `value`, one line a path. */
export function schemaProblems(schema: TSchema, value: unknown): readonly Problem[] {
  return fieldProblems(Value.Errors(schema, value));
}

/** The id after the highest in use; ids are decimal numbers as text. */
export function nextId(entries: readonly { readonly id: string }[]): string {
  return String(entries.reduce((highest, entry) => Math.max(highest, Number(entry.id) || 0), 0) + 1);
}
