import { type EventPackage, presencePackage } from "../event/event-package.ts";
import { type BaseTimers, defaultBaseTimers } from "../transaction/timers.ts";

/** What the core lets itself be asked to hold, and what it offers. */
export interface CoreSettings {
  readonly timers: BaseTimers;
  /** Event packages we notify. */
  readonly packages: readonly EventPackage[];
  /** Dialogs alive: subscriptions, watches and sessions together. Beyond, new ones are answered 503. */
  readonly maxDialogs: number;
  /** Page-mode messages waiting behind one to the same destination. */
  readonly maxQueuedMessages: number;
  /** What Accept of our 200 to OPTIONS lists. */
  readonly acceptedTypes: readonly string[];
}

export const defaultCoreSettings: CoreSettings = {
  timers: defaultBaseTimers,
  packages: [presencePackage],
  maxDialogs: 200_000,
  maxQueuedMessages: 50_000,
  acceptedTypes: ["application/sdp", "text/plain", "application/pidf+xml"],
};
