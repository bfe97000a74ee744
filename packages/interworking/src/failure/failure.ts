import type { StanzaErrorCondition, StanzaErrorType } from "@interpres/xmpp";

/** What our own rules refuse. */
export type FailureCause =
  | "unknown-user"
  | "user-disabled"
  | "user-unreachable"
  | "foreign-target"
  | "claimed-local-sender"
  | "not-federated"
  | "bad-address"
  | "secure-only"
  | "blocked"
  | "hops-used-up"
  | "loop"
  | "same-address"
  | "body-not-supported"
  | "media-not-supported"
  | "extension-not-supported"
  | "too-long"
  | "messages-switched-off"
  | "too-many-waiting"
  | "too-many-watchers"
  | "service-stopped";

export interface OnTheWire {
  readonly status: number;
  readonly stanza: readonly [StanzaErrorType, StanzaErrorCondition];
  /** Goes into the Reason-Phrase or the error text: for the other side's people. */
  readonly reason: string;
}

/** What each side sees of a cause: SIP status (RFC 3261 §21), stanza error (RFC 6120 §8.3). */
export const onTheWire = {
  "unknown-user": { status: 404, stanza: ["cancel", "item-not-found"], reason: "User Not Found" },
  "user-disabled": { status: 480, stanza: ["wait", "recipient-unavailable"], reason: "User Disabled" },
  "user-unreachable": { status: 480, stanza: ["wait", "recipient-unavailable"], reason: "Her Server Is Not There" },
  "foreign-target": { status: 404, stanza: ["cancel", "remote-server-not-found"], reason: "Not Our Domain" },
  "claimed-local-sender": { status: 403, stanza: ["auth", "forbidden"], reason: "Sender Is Local" },
  "not-federated": { status: 403, stanza: ["cancel", "remote-server-not-found"], reason: "Domain Not Federated" },
  "bad-address": { status: 400, stanza: ["modify", "jid-malformed"], reason: "Address Not Usable" },
  "secure-only": { status: 416, stanza: ["modify", "not-acceptable"], reason: "sips Is Not Carried To XMPP" },
  blocked: { status: 403, stanza: ["cancel", "service-unavailable"], reason: "Forbidden" },
  "hops-used-up": { status: 483, stanza: ["modify", "not-acceptable"], reason: "Too Many Hops" },
  loop: { status: 482, stanza: ["modify", "not-acceptable"], reason: "Loop Detected" },
  "same-address": { status: 482, stanza: ["modify", "not-acceptable"], reason: "Loop Detected" },
  "body-not-supported": { status: 415, stanza: ["modify", "not-acceptable"], reason: "Unsupported Media Type" },
  "media-not-supported": { status: 488, stanza: ["modify", "not-acceptable"], reason: "Only Text Messages Here" },
  "extension-not-supported": { status: 420, stanza: ["cancel", "feature-not-implemented"], reason: "Bad Extension" },
  "too-long": { status: 413, stanza: ["modify", "policy-violation"], reason: "Message Too Long" },
  "messages-switched-off": {
    status: 403,
    stanza: ["cancel", "service-unavailable"],
    reason: "Instant Messages Are Switched Off",
  },
  "too-many-waiting": { status: 480, stanza: ["wait", "resource-constraint"], reason: "Too Many Messages Waiting" },
  "too-many-watchers": { status: 403, stanza: ["cancel", "policy-violation"], reason: "Too Many Watchers" },
  "service-stopped": { status: 480, stanza: ["wait", "recipient-unavailable"], reason: "SIP Federation Is Stopped" },
} as const satisfies Record<FailureCause, OnTheWire>;
