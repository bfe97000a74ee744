import type { Dialect } from "@interpres/federation";
import type { Show } from "../model/availability.ts";

type LocalState = Show | "on-the-phone" | "busy";

/** The activity a peer is told for a local state; undefined is none: she is simply there. */
export const activityTold: Readonly<
  Record<Dialect["activitiesTold"], Readonly<Record<LocalState, string | undefined>>>
> = {
  away: row({ away: "away", xa: "away", dnd: "away", "on-the-phone": "away", busy: "away" }),
  "busy-and-away": row({ away: "away", xa: "away", dnd: "busy", "on-the-phone": "busy", busy: "busy" }),
  rpid: row({ away: "away", xa: "away", dnd: "busy", "on-the-phone": "on-the-phone", busy: "busy" }),
};

function row(
  told: Readonly<Record<Exclude<LocalState, "available" | "chat">, string>>,
): Readonly<Record<LocalState, string | undefined>> {
  return { available: undefined, chat: undefined, ...told };
}

/** What a local user sees of a peer's activity. `status` only where she wrote none herself. */
export interface Appearance {
  readonly show: Show;
  readonly status?: string;
}

const away: Appearance = { show: "away" };
const absent: Appearance = { show: "xa" };

/** Cisco's clients know Busy, other XMPP clients see it as away with its name; that is the default here too. */
const seenAsAway: ReadonlyMap<string, Appearance> = new Map([
  ["busy", { show: "away", status: "Busy" }],
  ["on-the-phone", { show: "away", status: "On the phone" }],
  ["in-a-meeting", { show: "away", status: "In a meeting" }],
  ["meeting", { show: "away", status: "In a meeting" }],
  ["away", away],
  ["idle", away],
  ["be-right-back", away],
  ["off-work", away],
  ["out-of-office", away],
  ["permanent-absence", absent],
  ["vacation", absent],
  ["holiday", absent],
]);

const seenAsDnd: ReadonlyMap<string, Appearance> = new Map([
  ...seenAsAway,
  ["busy", { show: "dnd" }],
  ["on-the-phone", { show: "dnd", status: "On the phone" }],
  ["meeting", { show: "dnd", status: "In a meeting" }],
  ["appointment", away],
  ["breakfast", away],
  ["lunch", away],
  ["dinner", away],
  ["meal", away],
  ["in-transit", away],
  ["sleeping", absent],
  ["steering", { show: "dnd" }],
  ["presentation", { show: "dnd" }],
  ["performance", { show: "dnd" }],
  ["travel", absent],
]);

/** Unknown activities are not here: with "open" they mean available. */
export const activitySeen: Readonly<Record<Dialect["busySeenAs"], ReadonlyMap<string, Appearance>>> = {
  away: seenAsAway,
  dnd: seenAsDnd,
};
