import { decodeUtf8 } from "../message/header-text.ts";
import type { SipRequest } from "../message/message.ts";
import type { Notification } from "./subscriber-user.ts";

/** What a NOTIFY says; a number is the status that refuses it (RFC 6665 §4.1.3). */
export function notificationOf(notify: SipRequest, event: string): Notification | 400 | 481 | 489 {
  if (notify.event === undefined || notify.event.type !== event) return 489;
  // We give no id, so that a NOTIFY with one belongs to somebody else's subscription (RFC 6665 §8.2.1).
  if (notify.event.id !== undefined) return 481;
  const value = notify.subscriptionState;
  if (value === undefined) return 400;
  const { reason, retryAfterSeconds, expiresSeconds } = value;
  const contentType = notify.contentType?.type;
  return {
    state: stateOf(value.state),
    body: notify.body,
    request: notify,
    ...(reason === undefined ? {} : { reason: decodeUtf8(reason).toLowerCase() }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(expiresSeconds === undefined ? {} : { expiresSeconds }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

/** A state of an extension (RFC 6665 §8.4, extension-substate) proves no approval. */
function stateOf(text: string): Notification["state"] {
  const state = text.toLowerCase();
  return state === "active" || state === "terminated" ? state : "pending";
}
