import type { Clock, Counter, DecisionLog, Logger, Metrics, Random } from "@interpres/runtime";
import type { DialogSnapshot, UserAgent } from "@interpres/sip";
import type { BareJid, LocalDomain } from "@interpres/xmpp";
import type { AddressBook } from "../address/address-book.ts";
import type { FederatedPeers } from "../model/federated-peers.ts";
import type { Trails } from "../model/trail.ts";
import type { WatchRepository } from "./watch-repository.ts";

/** What watches stand on. */
export interface WatchPorts {
  readonly agent: Pick<UserAgent, "subscriber" | "notifier">;
  readonly local: LocalDomain;
  readonly addresses: AddressBook;
  readonly peers: FederatedPeers;
  readonly trails: Trails;
  readonly watches: WatchRepository;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly decisions: DecisionLog;
  readonly meter: WatchMeter;
}

/** Counters of both directions. */
export interface WatchMeter {
  /** direction, result: "active", "pending", "refused", "failed". */
  readonly subscriptions: Counter;
  /** direction, result: "passed", "repeated", "unreadable". */
  readonly notifications: Counter;
}

export function watchMeter(metrics: Metrics): WatchMeter {
  return {
    subscriptions: metrics.counter("interpres_watch_subscriptions_total", "Presence subscriptions by outcome.", [
      "direction",
      "result",
    ]),
    notifications: metrics.counter("interpres_watch_notifications_total", "Presence notifications by outcome.", [
      "direction",
      "result",
    ]),
  };
}

/** A watch as administrators see it. Times are milliseconds since 1970. */
export interface WatchView {
  readonly id: string;
  readonly direction: "inbound" | "outbound";
  readonly local: string;
  readonly foreign: string;
  /** As the requests of its dialog write it; absent before there is one. */
  readonly foreignUri?: string;
  readonly peer: string;
  readonly authorization: string;
  readonly dialog: string;
  readonly callId?: string;
  readonly expiresAt?: number;
  readonly retryAt?: number;
  readonly lastNotifiedAt?: number;
}

/** Of which local users something is said, as far as that contact goes. */
export type UsersMeant = (user: BareJid, contact: BareJid) => boolean;

/** What administrators see of the dialog beneath a watch. */
export function viewOfDialog({
  dialog,
  expiresAt,
}: {
  readonly dialog: Pick<DialogSnapshot, "callId" | "remoteUri">;
  readonly expiresAt: number;
}): Pick<WatchView, "callId" | "foreignUri" | "expiresAt"> {
  return { callId: dialog.callId, foreignUri: dialog.remoteUri, expiresAt };
}

/** One key for an ordered pair; a bare JID holds no space (RFC 7622 §3.3). */
export function pairKey(local: { toString(): string }, foreign: { toString(): string }): string {
  return `${local} ${foreign}`;
}
