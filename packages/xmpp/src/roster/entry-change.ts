import type { EntryDraft } from "./contact-book.ts";
import type { RosterEntry } from "./roster-repository.ts";
import { isPendingIn, type SubscriptionState, type Transition } from "./subscription.ts";

/** A step of the state machine; `request` is the stanza, where it is a request that stays open. */
export interface EntryStep {
  readonly transition: Transition;
  readonly request?: string;
  readonly admission?: RosterEntry["admission"];
}

/** The entry of `jid` after a subscription stanza. */
export function entryAfter(
  entry: RosterEntry | undefined,
  jid: string,
  { transition, request, admission }: EntryStep,
): EntryDraft {
  const { next } = transition;
  const approval = transition.approval === undefined ? entry?.approval : approvals[transition.approval];
  const open = isPendingIn(next) ? (entry?.request ?? request) : undefined;
  return {
    jid,
    kind: kindAfter(entry, transition),
    state: next,
    approval: approval ?? "not-approved",
    groups: entry?.groups ?? [],
    ...(entry?.name === undefined ? {} : { name: entry.name }),
    ...(open === undefined ? {} : { request: open }),
    ...(admission === undefined ? {} : { admission }),
  };
}

/** The entry after the client removed the item (RFC 6121 §2.5.2): an unanswered request stays open. */
export function entryRemoved(entry: RosterEntry): EntryDraft {
  const isOpen = isPendingIn(entry.state);
  return {
    jid: entry.jid,
    kind: isOpen ? "request" : "gone",
    state: isOpen ? "none+pending-in" : "none",
    approval: "not-approved",
    groups: [],
    ...(isOpen && entry.request !== undefined ? { request: entry.request } : {}),
  };
}

const approvals = { granted: "pre-approved", cancelled: "not-approved" } as const;

/** A stanza never removes an item; a request alone never makes one (RFC 6121 §3.1.3). */
function kindAfter(entry: RosterEntry | undefined, { next, approval }: Transition): RosterEntry["kind"] {
  if (entry?.kind === "item" || approval === "granted" || !isNone(next)) return "item";
  return next === "none" ? "gone" : "request";
}

function isNone(state: SubscriptionState): boolean {
  return state === "none" || state === "none+pending-in";
}
