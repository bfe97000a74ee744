import { RefusedError } from "@interpres/admin-api";

/** The changes without those that `check` refuses: what needs another that is gone goes too. Where the fault is not theirs, all of them. */
export async function acceptable<Change>(
  changes: readonly Change[],
  check: (changes: readonly Change[]) => Promise<unknown>,
): Promise<readonly Change[]> {
  if (changes.length === 0) return changes;
  const refused = await check(changes).then(() => undefined, placeOf);
  const left = changes.filter((_, place) => place !== refused);
  return left.length === changes.length ? changes : acceptable(left, check);
}

/** Which change the node has something against; undefined where it is none: there is no connection, or the settings are of another version. */
function placeOf(error: unknown): number | undefined {
  if (!(error instanceof RefusedError)) return undefined;
  const [, place] = /^(?:draft\.)?changes\.(\d+)/.exec(error.problem.errors?.[0]?.path ?? "") ?? [];
  return place === undefined ? undefined : Number(place);
}
