import { type EventPackage, presencePackage } from "../event/event-package.ts";
import { type BaseTimers, defaultBaseTimers } from "../transaction/timers.ts";

/** What the core lets itself be asked to hold, and what it offers. */
export interface CoreSettings {
  readonly timers: BaseTimers;
  /** Event packages we notify. */
  readonly packages: readonly EventPackage[];
  /** Dialogs alive: subscriptions, watches and sessions together. Beyond, new ones are answered 503. */
  readonly maxDialogs: number;
  /** What one foreign domain may have of them. */
  readonly maxDialogsOfOneDomain: number;
  /** Page-mode messages waiting behind one to the same destination. */
  readonly maxQueuedMessages: number;
  /** Those of them that are for one domain. */
  readonly maxQueuedMessagesForOneDomain: number;
  /** Bodies of INVITE beside SDP that are handed to the sessions' user; others are answered 415. */
  readonly invitationTypes: readonly string[];
  /** What Accept of our 200 to OPTIONS lists. */
  readonly acceptedTypes: readonly string[];
}

export const defaultCoreSettings: CoreSettings = {
  timers: defaultBaseTimers,
  packages: [presencePackage],
  maxDialogs: 200_000,
  maxDialogsOfOneDomain: 100_000,
  maxQueuedMessages: 50_000,
  maxQueuedMessagesForOneDomain: 20_000,
  invitationTypes: [],
  acceptedTypes: ["application/sdp", "text/plain", "application/pidf+xml"],
};
