import type { Clock, Logger, Random } from "@interpres/runtime";
import type { LocalIdentity } from "../transaction/local-identity.ts";
import type { RequestRouter } from "../transaction/request-router.ts";
import type { BaseTimers } from "../transaction/timers.ts";
import type { DialogTable } from "./dialog-table.ts";

/** What every usage of a dialog stands on: a subscription, a watch, a session (RFC 5057 §3). */
export interface UsagePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly router: RequestRouter;
  readonly dialogs: DialogTable;
  readonly identity: LocalIdentity;
  readonly timers: BaseTimers;
}
