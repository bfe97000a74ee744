import { isDeepStrictEqual } from "node:util";
import type { ConfigDifference } from "@interpres/admin-api";

/** What names an entry of a list, the first that it has. */
const NAMES = ["id", "domain", "name"] as const;

/**
 * What is different between two JSON values, by path and in the order of the paths. Objects are compared key by key, lists
 * of named objects entry by entry whatever their order, everything else whole.
 */
export function differences(before: unknown, after: unknown, path = ""): readonly ConfigDifference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (before === undefined) return [{ kind: "added", path, after }];
  if (after === undefined) return [{ kind: "removed", path, before }];
  const [old, next] = [partsOf(before), partsOf(after)];
  if (old === undefined || next === undefined || old.kind !== next.kind)
    return [{ kind: "changed", path, before, after }];
  const names = [...new Set([...old.parts.keys(), ...next.parts.keys()])];
  return names.flatMap((name) => {
    const below = next.kind === "list" ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`;
    return differences(old.parts.get(name), next.parts.get(name), below);
  });
}

interface Parts {
  readonly kind: "object" | "list";
  readonly parts: ReadonlyMap<string, unknown>;
}

function partsOf(value: unknown): Parts | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value)) return { kind: "object", parts: new Map(Object.entries(value)) };
  const parts = new Map(value.flatMap((entry: unknown) => namedEntry(entry)));
  return parts.size === value.length ? { kind: "list", parts } : undefined;
}

function namedEntry(entry: unknown): readonly (readonly [string, unknown])[] {
  if (typeof entry !== "object" || entry === null) return [];
  const name = NAMES.find((key) => Object.hasOwn(entry, key));
  return name === undefined ? [] : [[String((entry as Readonly<Record<string, unknown>>)[name]), entry]];
}
