import Type from "typebox";
import type { IntegrationType } from "./sip-federated-domain.ts";

/** How reachable an XMPP user says she is: no `show`, or one of RFC 6121 §4.7.2.1. */
export const shows = ["available", "chat", "away", "xa", "dnd"] as const;
export type Show = (typeof shows)[number];

/** How a local user can be, as far as peers are told; the last three are read from the status she wrote. */
export const localStates = [...shows, "busy", "on-the-phone", "in-a-meeting"] as const;
export type LocalState = (typeof localStates)[number];

/** The activities of RFC 4480 §3.2, for peers that read all of them. */
const RPID_WORDS = [
  ...["appointment", "away", "breakfast", "busy", "dinner", "holiday", "in-transit", "looking-for-work", "lunch"],
  ...["meal", "meeting", "on-the-phone", "other", "performance", "permanent-absence", "playing", "presentation"],
  ...["shopping", "sleeping", "spectator", "steering", "travel", "tv", "unknown", "vacation", "working", "worship"],
] as const;

/** What a peer is told beside "open": "available" is no activity at all. */
export const toldWords = ["available", ...RPID_WORDS] as const;
export type ToldWord = (typeof toldWords)[number];

/** What the products of each type show of it; another word would be read as available there. */
export const wordsShownBy: Readonly<Record<IntegrationType, readonly ToldWord[]>> = {
  microsoft: ["available", "away", "busy", "on-the-phone"],
  aol: ["available", "away"],
  standard: toldWords,
};

/** What a local user sees of a contact who is open. `status` only where he wrote none himself. */
export interface Appearance {
  readonly show: Show;
  readonly status?: string;
}

/** Both directions for one peer. Offline is closed and closed is offline for everybody (RFC 8048 §6.2, §6.3). */
export interface AvailabilityMapping {
  readonly told: Readonly<Record<LocalState, ToldWord>>;
  readonly seen: Readonly<Record<SeenWord, Appearance>>;
}

const everyoneIsThere = { available: "available", chat: "available" } as const;
const busyOrAway = { away: "away", xa: "away", dnd: "busy", busy: "busy" } as const;
const busyAndAway: AvailabilityMapping["told"] = {
  ...everyoneIsThere,
  ...busyOrAway,
  "on-the-phone": "busy",
  "in-a-meeting": "busy",
};
const awayOnly: AvailabilityMapping["told"] = {
  ...everyoneIsThere,
  ...{ away: "away", xa: "away", dnd: "away", busy: "away", "on-the-phone": "away", "in-a-meeting": "away" },
};
const inWordsOfRpid: AvailabilityMapping["told"] = {
  ...everyoneIsThere,
  ...busyOrAway,
  "on-the-phone": "on-the-phone",
  "in-a-meeting": "meeting",
};

const available: Appearance = { show: "available" };
const away: Appearance = { show: "away" };
const absent: Appearance = { show: "xa" };
const busy = { classic: { show: "away", status: "Busy" }, faithful: { show: "dnd" } } as const;
const same = (appearance: Appearance) => ({ classic: appearance, faithful: appearance });
const occupied = (status: string) => ({
  classic: { show: "away", status } as const,
  faithful: { show: "dnd", status } as const,
});

/**
 * What peers say beside "open", and both ways to show it. Cisco's clients know Busy, other XMPP clients see it as away with
 * its name; "faithful" keeps do-not-disturb. "open" stands for no activity, or one that is not here.
 */
const seenRows = {
  open: same(available),
  away: same(away),
  idle: same(away),
  "be-right-back": same(away),
  "off-work": same(away),
  "out-of-office": same(away),
  busy,
  "do-not-disturb": busy,
  "urgent-interruptions-only": busy,
  "in-presentation": busy,
  presentation: busy,
  performance: busy,
  steering: busy,
  "on-the-phone": occupied("On the phone"),
  "in-a-meeting": occupied("In a meeting"),
  meeting: occupied("In a meeting"),
  "in-a-conference": occupied("In a conference"),
  appointment: same(away),
  breakfast: same(away),
  lunch: same(away),
  dinner: same(away),
  meal: same(away),
  "in-transit": same(away),
  holiday: same(absent),
  vacation: same(absent),
  travel: same(absent),
  sleeping: same(absent),
  "permanent-absence": same(absent),
} as const satisfies Record<string, Readonly<Record<"classic" | "faithful", Appearance>>>;

export type SeenWord = keyof typeof seenRows;
export const seenWords = Object.keys(seenRows) as readonly SeenWord[];

/** Named tables to begin with: as Cisco's product shows it, or as close to the other side's words as XMPP has them. */
export const mappingSets = ["classic", "faithful"] as const;
export type MappingSet = (typeof mappingSets)[number];

/** What each set tells peers of each type. */
const toldBy: Readonly<Record<MappingSet, Readonly<Record<IntegrationType, AvailabilityMapping["told"]>>>> = {
  classic: { microsoft: busyAndAway, aol: awayOnly, standard: busyAndAway },
  faithful: { microsoft: busyAndAway, aol: awayOnly, standard: inWordsOfRpid },
};

/** The set of a domain for which nobody has chosen one. */
export const setOfType: Readonly<Record<IntegrationType, MappingSet>> = {
  microsoft: "classic",
  aol: "classic",
  standard: "faithful",
};

const seenBy: Readonly<Record<MappingSet, AvailabilityMapping["seen"]>> = {
  classic: seenIn("classic"),
  faithful: seenIn("faithful"),
};

function seenIn(set: MappingSet): AvailabilityMapping["seen"] {
  return Object.fromEntries(seenWords.map((word) => [word, seenRows[word][set]])) as AvailabilityMapping["seen"];
}

const closed = { additionalProperties: false } as const;
const ShownAs = Type.Object(
  { show: Type.Enum([...shows]), status: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) },
  closed,
);

/** What an administrator says otherwise of one domain: another set, single rows on top of it. */
export const MappingChoice = Type.Object(
  {
    set: Type.Optional(Type.Enum([...mappingSets])),
    told: Type.Optional(Type.Object(rows(localStates, Type.Enum([...toldWords])), closed)),
    seen: Type.Optional(Type.Object(rows(seenWords, ShownAs), closed)),
  },
  closed,
);
export type MappingChoice = Readonly<Type.Static<typeof MappingChoice>>;

function rows<Row extends string, Value extends Type.TSchema>(names: readonly Row[], value: Value) {
  return Object.fromEntries(names.map((name) => [name, Type.Optional(value)])) as Record<Row, Type.TOptional<Value>>;
}

/** The table of a domain: that of its set, with the rows the administrator wrote. */
export function mappingFor(integrationType: IntegrationType, choice: MappingChoice = {}): AvailabilityMapping {
  const set = choice.set ?? setOfType[integrationType];
  return {
    told: { ...toldBy[set][integrationType], ...choice.told },
    seen: { ...seenBy[set], ...choice.seen },
  };
}
