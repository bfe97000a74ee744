import type { SubscriptionSnapshot, WatchSnapshot } from "@interpres/sip";
import type { Authorization } from "./authorization.ts";
import type { InboundAuthorization } from "./inbound-view.ts";

interface Pair {
  readonly id: string;
  /** Bare JIDs as text. */
  readonly local: string;
  readonly foreign: string;
}

/** Ours watches theirs: the permission, and the dialog while there is one. */
export interface OutboundWatchRow extends Pair {
  readonly direction: "outbound";
  readonly authorization: Authorization;
  readonly snapshot?: SubscriptionSnapshot;
}

/** Theirs watches ours: one row for each dialog. */
export interface InboundWatchRow extends Pair {
  readonly direction: "inbound";
  readonly authorization: InboundAuthorization;
  readonly snapshot: WatchSnapshot;
}

/** A watch as it is stored; JSON-able. */
export type WatchRow = OutboundWatchRow | InboundWatchRow;

/** Where watches survive the process. `durable` is called when the row is on the disk. */
export interface WatchRepository {
  load(): Promise<readonly WatchRow[]>;
  put(row: WatchRow, durable?: () => void): void;
  remove(id: string, durable?: () => void): void;
}
