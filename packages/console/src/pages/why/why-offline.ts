import type { DecisionEvent, Subscription } from "@interpres/admin-api";
import { fill, texts } from "../../texts/texts.ts";
import { findingOf } from "./why-sentences.ts";

const own = texts.why.offline;

/** What is known of one local user watching one contact: what is alive now, and what was decided, newest first. */
export interface Watching {
  readonly user: string;
  readonly contact: string;
  readonly subscriptions: readonly Subscription[];
  readonly events: readonly DecisionEvent[];
}

/** Why the user sees the contact as she does, in a sentence: the first of the reasons that holds. */
export function whyOffline({ user, contact, subscriptions, events }: Watching): string {
  const live = subscriptions.find((each) => each.direction === "outbound" && each.contact === contact);
  const words = { user, contact };
  if (live?.state === "active") return fill(own.active, words);
  const failure = events.find(isFailedWatch);
  const reason = failure && reasonOf(failure);
  if (reason !== undefined && live?.state !== "pending") return fill(own.refused, { ...words, reason });
  if (live !== undefined) return fill(own.unanswered, { ...words, state: live.state });
  return fill(own.never, words);
}

function isFailedWatch({ kind, direction, result }: DecisionEvent): boolean {
  return kind === "subscription" && direction === "outbound" && /^(refused|failed)/.test(result);
}

function reasonOf({ decisions, result }: DecisionEvent): string {
  const last = decisions.at(-1);
  if (last === undefined) return result;
  const { meaning, seen } = findingOf(last);
  return [result, meaning, seen].filter((part) => part !== "").join("; ");
}
