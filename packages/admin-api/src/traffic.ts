import Type from "typebox";
import { closed, Instant } from "./closed.ts";
import { type LampName, lampNames } from "./federation-status.ts";

const count = Type.Integer({ minimum: 0 });
const counts = Type.Object({ presenceIn: count, presenceOut: count, imIn: count, imOut: count }, closed);

/** How much of each kind; in is what foreign domains ask or write, out what our users do. */
export type TrafficCounts = Readonly<Record<LampName, number>>;
export const noTraffic: TrafficCounts = Object.freeze(
  Object.fromEntries(lampNames.map((name) => [name, 0])) as Record<LampName, number>,
);

/** One minute in which something passed or failed. */
export const TrafficMinute = Type.Object(
  { at: Type.String({ description: "When the minute began, RFC 3339 UTC" }), passed: counts, failed: counts },
  closed,
);
export type TrafficMinute = Readonly<Type.Static<typeof TrafficMinute>>;

/** `GET /traffic`: subscriptions, notifications and messages that crossed the edge, minute by minute, since the node started. */
export const Traffic = Type.Object(
  {
    from: Instant,
    until: Instant,
    minutes: Type.Array(TrafficMinute, { description: "Oldest first; minutes without traffic are left out" }),
  },
  closed,
);
export type Traffic = Readonly<Type.Static<typeof Traffic>>;

export const trafficPath = "/traffic";
