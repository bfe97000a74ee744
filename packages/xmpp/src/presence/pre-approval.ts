import type { OutsiderDecision } from "../roster/outsider-policy.ts";
import type { RosterEntry } from "../roster/roster-repository.ts";
import type { PreApproval } from "../roster/subscription.ts";

/** Whether subscription requests are the users' to answer; read at each use. */
export interface ApprovalPolicy {
  readonly subscriptionApproval: "ask" | "automatic";
}

/** Where a contact is at home. */
export type ContactOrigin = "local" | "foreign";

/**
 * Whether a request of this contact is granted without asking the user: she has said yes beforehand (RFC 6121 §3.4), to him
 * or to all of his domain, or the administrator has for all users of this server (§3.1.3 rule 1 c). For foreign ones only
 * she can.
 */
export function preApproval(
  entry: RosterEntry | undefined,
  from: {
    readonly origin: ContactOrigin;
    readonly policy: ApprovalPolicy;
    readonly outsider: OutsiderDecision | "ask";
  },
): PreApproval {
  const isGranted = from.origin === "local" && from.policy.subscriptionApproval === "automatic";
  return isGranted || from.outsider === "allow" ? "pre-approved" : (entry?.approval ?? "not-approved");
}
