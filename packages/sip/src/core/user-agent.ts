import type { Notifying } from "../event/notifier-user.ts";
import type { Subscribing } from "../event/subscriber-user.ts";
import type { SessionLayer } from "../session/session-user.ts";
import type { RequestOutcome } from "../transaction/request-outcome.ts";
import type { PageMessage, PageMessageHandler } from "./page-message.ts";

/** What the SIP stack offers the layer above; `UserAgentCore` is it, and tests may stand in for it. */
export interface UserAgent {
  readonly subscriber: Subscribing;
  readonly notifier: Notifying;
  readonly sessions: SessionLayer;
  /** Page mode: one MESSAGE under way for each destination URI, the rest queued in order (RFC 3428 §8). */
  sendMessage(message: PageMessage, done: (outcome: RequestOutcome) => void): void;
  onPageMessage(handler: PageMessageHandler): void;
}
