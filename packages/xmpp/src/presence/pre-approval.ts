import type { RosterEntry } from "../roster/roster-repository.ts";
import type { PreApproval } from "../roster/subscription.ts";

/** Whether subscription requests are the users' to answer; read at each use. */
export interface ApprovalPolicy {
  readonly subscriptionApproval: "ask" | "automatic";
}

/** Whether a request of this contact is granted without asking the user (RFC 6121 §3.4, §3.1.3 rule 1 c). */
export function preApproval(entry: RosterEntry | undefined, { subscriptionApproval }: ApprovalPolicy): PreApproval {
  return subscriptionApproval === "automatic" ? "pre-approved" : (entry?.approval ?? "not-approved");
}
