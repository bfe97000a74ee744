import {
  type DecisionEvent,
  decisions,
  type Page,
  type Subscription,
  subscriptions,
  withQuery,
} from "@interpres/admin-api";
import { useAnswer } from "../../data/resources.ts";

export type About = "all" | "im" | "presence";

/** What is looked up. Empty texts ask for everything; `since` is as in the API. */
export interface Asked {
  readonly user: string;
  readonly contact: string;
  readonly since: string;
  readonly about: About;
}

/** The most that is shown. */
export const MOST_EVENTS = 200;
const LOOK_MS = 5000;

interface Found {
  readonly events: readonly DecisionEvent[];
  readonly subscriptions: readonly Subscription[];
}

/** Undefined until the node has answered all of it. */
export function useWhy({ user, contact, since, about }: Asked): {
  readonly found: Found | undefined;
  readonly error: Error | null;
} {
  const rest = { since: since || undefined, limit: MOST_EVENTS };
  const domain = contact.slice(contact.indexOf("@") + 1);
  const ofPair = withQuery(decisions.path, { user: user || undefined, peer: contact || undefined, ...rest });
  const ofDomain = withQuery(decisions.path, { peer: domain || undefined, ...rest });
  const isPair = user !== "" && contact !== "";
  const own = useAnswer<Page<DecisionEvent>>(ofPair, { intervalMs: LOOK_MS });
  const others = useAnswer<Page<DecisionEvent>>(isPair ? ofDomain : ofPair, { intervalMs: LOOK_MS });
  const live = useAnswer<Page<Subscription>>(
    withQuery(subscriptions.path, { user: user || undefined, peer: contact || undefined, limit: MOST_EVENTS }),
    { intervalMs: LOOK_MS },
  );
  const error = own.error ?? others.error ?? live.error;
  if (own.data === undefined || others.data === undefined || live.data === undefined)
    return { found: undefined, error };
  const events = merged(own.data.items, isPair ? others.data.items.filter(isOfNobody) : []).filter(isAbout(about));
  return { found: { events, subscriptions: live.data.items }, error };
}

/** What was refused before it was known whom it was for concerns everybody who writes to that domain. */
function isOfNobody({ user }: DecisionEvent): boolean {
  return user === undefined;
}

function merged(some: readonly DecisionEvent[], others: readonly DecisionEvent[]): readonly DecisionEvent[] {
  return [...some, ...others].sort((one, other) => Date.parse(other.at) - Date.parse(one.at)).slice(0, MOST_EVENTS);
}

/** Connections and routes carry both. */
function isAbout(about: About): (event: DecisionEvent) => boolean {
  return ({ kind, traffic }) => {
    const carried = kind === "message" ? "im" : kind === "subscription" || kind === "notify" ? "presence" : traffic;
    return about === "all" || carried === undefined || carried === about;
  };
}
