/** How reachable a user says she is: no `show`, or one of RFC 6121 §4.7.2.1. */
export type Show = "available" | "chat" | "away" | "xa" | "dnd";

/** A sentence of hers, in a language when she named one. */
export interface Note {
  readonly text: string;
  readonly lang?: string;
}

/** One available resource, device or PIDF tuple. */
export interface ResourceState {
  readonly resource: string;
  readonly show: Show;
  readonly notes: readonly Note[];
  /** RFC 6121 §4.7.2.3: -128 to 127. */
  readonly priority: number;
  /** RFC 4480 §3.2 words that say more than `show`, when some were seen: "on-the-phone". */
  readonly activity?: string;
}

/** What is known of a presentity (RFC 2778 §2.3). No resource: she is offline. */
export interface PresenceState {
  readonly displayName?: string;
  readonly resources: readonly ResourceState[];
}

const ranks: Readonly<Record<Show, number>> = { chat: 4, available: 3, dnd: 2, away: 1, xa: 0 };

/**
 * The one state that stands for all of a user's resources: highest non-negative priority first, among equals the most
 * available one. Resources with negative priority count only when there is no other.
 */
export function aggregate(resources: readonly ResourceState[]): ResourceState | undefined {
  let best: ResourceState | undefined;
  for (const candidate of resources) {
    if (best === undefined || isBefore(candidate, best)) best = candidate;
  }
  return best;
}

function isBefore(left: ResourceState, right: ResourceState): boolean {
  if (left.priority !== right.priority) return left.priority > right.priority;
  return ranks[left.show] > ranks[right.show];
}
