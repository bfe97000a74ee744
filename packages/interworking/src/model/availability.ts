import type { LocalState, Show } from "@interpres/federation";

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
  /** When that became so, where someone said it: RFC 3339, UTC. */
  readonly since?: string;
  /** What she says beside `show`, and peers have words for. */
  readonly activity?: Exclude<LocalState, Show>;
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
