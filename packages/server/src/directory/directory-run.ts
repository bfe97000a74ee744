import type { DirectoryChange, DirectoryCounts, DirectoryRun } from "@interpres/admin-api";
import type { AccountChange, SyncedAccount, SyncPlan } from "./sync-plan.ts";

/** More than a reader goes through; the counts have them all. */
const MAX_SHOWN = 500;

const NOTHING: DirectoryCounts = {
  entries: 0,
  add: 0,
  change: 0,
  disable: 0,
  enable: 0,
  delete: 0,
  unchanged: 0,
  problems: 0,
};

/** A run that has just begun; `at` in milliseconds since 1970. */
export function begunRun(mode: DirectoryRun["mode"], actor: string, at: number): DirectoryRun {
  return {
    mode,
    actor,
    state: "reading",
    startedAt: new Date(at).toISOString(),
    finishedAt: null,
    counts: NOTHING,
    applied: 0,
    changes: [],
    problems: [],
    failure: null,
  };
}

/** The run once its plan is known. */
export function plannedRun(run: DirectoryRun, plan: SyncPlan, entries: number): DirectoryRun {
  const { changes, problems, unchanged } = plan;
  const counts = { ...NOTHING, entries, unchanged, problems: problems.length };
  for (const { action } of changes) counts[action] += 1;
  return {
    ...run,
    state: "applying",
    counts,
    changes: changes.slice(0, MAX_SHOWN).map(shownChange),
    problems: problems.slice(0, MAX_SHOWN),
  };
}

/** The run with further problems met while it was applied. */
export function withProblems(run: DirectoryRun, more: readonly DirectoryRun["problems"][number][]): DirectoryRun {
  if (more.length === 0) return run;
  const counts = { ...run.counts, problems: run.counts.problems + more.length };
  return { ...run, counts, problems: [...run.problems, ...more].slice(0, MAX_SHOWN) };
}

function shownChange(change: AccountChange): DirectoryChange {
  const before = change.action === "add" ? undefined : change.before;
  const after = change.action === "delete" ? undefined : change.account;
  const { jid, origin } = change.action === "delete" ? change.before : change.account;
  const texts = [textsOf(before), textsOf(after)] as const;
  const fields = [...new Set(texts.flatMap((each) => Object.keys(each)))];
  const differences = fields
    .map((field) => ({ field, before: texts[0][field] ?? null, after: texts[1][field] ?? null }))
    .filter((difference) => difference.before !== difference.after);
  return { action: change.action, jid, dn: origin.dn, differences };
}

function textsOf(account: SyncedAccount | undefined): Readonly<Record<string, string>> {
  if (account === undefined) return {};
  const { displayName, mailId, enabled, origin } = account;
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(mailId === undefined ? {} : { mailId }),
    enabled: String(enabled),
    dn: origin.dn,
  };
}
