import { invalidInput } from "./problem-error.ts";

/** RFC 3339 in UTC, of milliseconds since 1970. */
export function instantText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Milliseconds since 1970 of RFC 3339 text or of a decimal number of milliseconds; undefined when it is neither. */
export function parseInstant(text: string): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d{2}-\d{2}([T ]|$)/.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** The instants of a query in milliseconds since 1970, under their names. Throws `invalid-input` that names each that is none. */
export function instantsIn<Name extends string>(
  texts: Readonly<Record<Name, string | undefined>>,
): {
  readonly [name in Name]?: number;
} {
  const given = Object.entries<string | undefined>(texts).flatMap(([path, text]) =>
    text === undefined ? [] : [{ path, at: parseInstant(text) }],
  );
  const problems = given.filter(({ at }) => at === undefined);
  if (problems.length > 0)
    throw invalidInput(
      problems.map(({ path }) => ({ path, message: "is neither RFC 3339 nor milliseconds since 1970" })),
    );
  return Object.fromEntries(given.map(({ path, at }) => [path, at])) as { readonly [name in Name]?: number };
}
