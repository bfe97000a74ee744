import { directorySyncPath, type Notification } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";

/** What the last synchronisation with the directory left to do, as long as the directory is enabled. */
export function directoryNotices({ directorySync, settings, node }: AdminContext): readonly Notification[] {
  const run = directorySync.last;
  if (run === undefined || run.finishedAt === null || !settings.current().document.directory.enabled) return [];
  const notice = { node: node.name, service: null, link: directorySyncPath } as const;
  const { failure, counts, finishedAt } = run;
  if (failure !== null) {
    const text = `The synchronisation with the directory of ${finishedAt} failed: ${failure.message}`;
    return [{ ...notice, id: "directory-sync-failed", severity: "warning", text }];
  }
  if (counts.problems === 0) return [];
  const text = `Entries of the directory that are no users, or not as they say: ${counts.problems}. See what the last run tells of them`;
  return [{ ...notice, id: "directory-problems", severity: "info", text }];
}
