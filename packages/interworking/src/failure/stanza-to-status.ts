import type { StanzaErrorCondition } from "@interpres/xmpp";

/** Whom the stanza error is about: one device, or the user altogether (RFC 7247 §7.1 notes 1 and 2). */
export type ErrorScope = "full-jid" | "bare-jid";

const either = (full: number, bare: number) => ({ "full-jid": full, "bare-jid": bare }) as const;
const same = (status: number) => either(status, status);

/**
 * RFC 7247 §7.1, table 2, with three deliberate choices. Not 503 for service-unavailable: the peer would shun the whole
 * gateway (note 5). Not 401 or 407, which are challenges we have no credentials for. 404 rather than 604 for an unknown
 * user, and 480 rather than 600 for an absent one: peers show 6xx as a fault of the service.
 */
const statuses = {
  "bad-request": same(400),
  conflict: same(400),
  "feature-not-implemented": either(405, 501),
  forbidden: either(403, 603),
  gone: same(410),
  "internal-server-error": same(500),
  "item-not-found": same(404),
  "jid-malformed": same(400),
  "not-acceptable": either(406, 606),
  "not-allowed": same(403),
  "not-authorized": same(403),
  "policy-violation": same(403),
  "recipient-unavailable": same(480),
  redirect: same(302),
  "registration-required": same(403),
  "remote-server-not-found": same(404),
  "remote-server-timeout": same(408),
  "resource-constraint": same(500),
  "service-unavailable": same(403),
  "subscription-required": same(400),
  "undefined-condition": same(400),
  "unexpected-request": same(400),
} as const satisfies Record<StanzaErrorCondition, Readonly<Record<ErrorScope, number>>>;

/** The SIP status that says to a peer what a stanza error said to us. */
export function statusOfCondition(condition: StanzaErrorCondition, scope: ErrorScope): number {
  return statuses[condition][scope];
}
