import type { StanzaErrorCondition, StanzaErrorType } from "@interpres/xmpp";

export interface StanzaFailure {
  readonly type: StanzaErrorType;
  readonly condition: StanzaErrorCondition;
}

/** The type RFC 6120 §8.3.3 associates with each condition. */
const types = {
  "bad-request": "modify",
  conflict: "cancel",
  "feature-not-implemented": "cancel",
  forbidden: "auth",
  gone: "cancel",
  "internal-server-error": "cancel",
  "item-not-found": "cancel",
  "jid-malformed": "modify",
  "not-acceptable": "modify",
  "not-allowed": "cancel",
  "not-authorized": "auth",
  "policy-violation": "modify",
  "recipient-unavailable": "wait",
  redirect: "modify",
  "registration-required": "auth",
  "remote-server-not-found": "cancel",
  "remote-server-timeout": "wait",
  "resource-constraint": "wait",
  "service-unavailable": "cancel",
  "subscription-required": "auth",
  "undefined-condition": "cancel",
  "unexpected-request": "wait",
} as const satisfies Record<StanzaErrorCondition, StanzaErrorType>;

/** RFC 7247 §7.2, table 3. 301 is here for its class: without a new address it is no `gone` (note 1). */
const conditions: ReadonlyMap<number, StanzaErrorCondition> = new Map<number, StanzaErrorCondition>([
  [300, "redirect"],
  [301, "gone"],
  [302, "redirect"],
  [305, "redirect"],
  [380, "not-acceptable"],
  [400, "bad-request"],
  [401, "not-authorized"],
  [402, "bad-request"],
  [403, "forbidden"],
  [404, "item-not-found"],
  [405, "feature-not-implemented"],
  [406, "not-acceptable"],
  [407, "registration-required"],
  [408, "remote-server-timeout"],
  [410, "gone"],
  [413, "policy-violation"],
  [414, "policy-violation"],
  [415, "not-acceptable"],
  [416, "not-acceptable"],
  [420, "feature-not-implemented"],
  [421, "not-acceptable"],
  [423, "resource-constraint"],
  [430, "recipient-unavailable"],
  [439, "feature-not-implemented"],
  [440, "policy-violation"],
  [480, "recipient-unavailable"],
  [481, "item-not-found"],
  [482, "not-acceptable"],
  [483, "not-acceptable"],
  [484, "item-not-found"],
  [485, "item-not-found"],
  [486, "recipient-unavailable"],
  [487, "recipient-unavailable"],
  [488, "not-acceptable"],
  [489, "policy-violation"],
  [491, "unexpected-request"],
  [493, "bad-request"],
  [500, "internal-server-error"],
  [501, "feature-not-implemented"],
  [502, "remote-server-not-found"],
  [503, "internal-server-error"],
  [504, "remote-server-timeout"],
  [505, "not-acceptable"],
  [513, "policy-violation"],
  [600, "recipient-unavailable"],
  [603, "recipient-unavailable"],
  [604, "item-not-found"],
  [606, "not-acceptable"],
]);

const classes: readonly StanzaErrorCondition[] = [
  "redirect",
  "bad-request",
  "internal-server-error",
  "recipient-unavailable",
];

/** The stanza error that says to a local user what a peer's final status said to us; an unlisted one by its class. */
export function stanzaOfStatus(status: number): StanzaFailure {
  const condition = conditions.get(status) ?? classes[Math.floor(status / 100) - 3] ?? "undefined-condition";
  return { type: types[condition], condition };
}
