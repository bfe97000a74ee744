/** One field of two values, as text; undefined where a side does not have it. */
export interface FieldPair {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Every field of two values of any shape, `a.b`; lists and whatever is no object stand as a whole, at the path "" alone. */
export function sideBySide(before: unknown, after: unknown): readonly FieldPair[] {
  const old = new Map(fieldsOf(before, ""));
  const next = new Map(fieldsOf(after, ""));
  const paths = new Set([...old.keys(), ...next.keys()]);
  return [...paths].map((path) => ({ path, before: old.get(path), after: next.get(path) }));
}

function fieldsOf(value: unknown, path: string): readonly (readonly [path: string, text: string])[] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path, textOf(value)]];
  return Object.entries(value).flatMap(([name, each]) => fieldsOf(each, path === "" ? name : `${path}.${name}`));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
