import type { Dialect } from "@interpres/federation";
import type { RosterVerdict } from "@interpres/xmpp";
import type { Authorization } from "./authorization.ts";

/** What a foreign watcher gets to see. */
export type InboundView =
  /** The user's state. */
  | { readonly kind: "real" }
  /** Someone who is offline: not to be told from the truth (RFC 3856 §6.6.2). */
  | { readonly kind: "offline" }
  /** Subscription-State pending, without a body (RFC 8048 §5.3.1). */
  | { readonly kind: "pending" }
  /** Subscription-State terminated;reason=rejected (RFC 8048 §5.3.1). */
  | { readonly kind: "rejected" };

/** "blocked": refused by the block list, which never shows itself, whatever the dialect. */
export type InboundAuthorization = Authorization | "blocked";

/** What a watcher with this authorization sees, in the manner of his product. */
export function viewOf(
  authorization: InboundAuthorization,
  dialect: Pick<Dialect, "undecidedView" | "refusedView">,
): InboundView {
  switch (authorization) {
    case "granted":
      return { kind: "real" };
    case "none":
    case "asked":
      return dialect.undecidedView === "pending" ? { kind: "pending" } : { kind: "offline" };
    case "refused":
      return dialect.refusedView === "rejected" ? { kind: "rejected" } : { kind: "offline" };
    case "blocked":
      return { kind: "offline" };
  }
}

/**
 * A foreign watcher's authorization, from what it was and what the roster says now. No subscription after "granted" is a
 * withdrawal; after a refusal it stays one, whatever was approved beforehand. What a roster elsewhere does not say changes
 * nothing.
 */
export function authorizationFromRoster(before: InboundAuthorization, verdict: RosterVerdict): InboundAuthorization {
  switch (verdict) {
    case "granted":
    case "blocked":
      return verdict;
    case "pending":
      return "asked";
    case "approved":
      return isUndecided(before) ? "granted" : "refused";
    case "undecided":
    case "unreachable":
      return before === "none" ? "asked" : before;
    case "none":
    case "full":
      return isUndecided(before) ? "asked" : "refused";
  }
}

/** A block that was taken away leaves nothing decided. */
function isUndecided(authorization: InboundAuthorization): boolean {
  return authorization !== "granted" && authorization !== "refused";
}
