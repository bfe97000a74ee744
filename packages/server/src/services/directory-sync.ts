import type { Service } from "@interpres/runtime";
import type { DirectorySync } from "../directory/directory-sync.ts";
import type { SyncSchedule } from "../directory/sync-schedule.ts";

interface Parts {
  readonly sync: DirectorySync;
  readonly schedule: SyncSchedule;
}

/** Brings the users into line with the directory every so often. */
export function directorySyncService({ sync, schedule }: Parts): Service {
  return {
    name: "directory-sync",
    start: () => schedule.start(),
    stop: async () => {
      schedule.stop();
      await sync.stop();
    },
  };
}
