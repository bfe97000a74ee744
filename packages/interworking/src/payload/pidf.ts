import type { Show } from "@interpres/federation";
import { attribute, type Element, elements, text } from "@interpres/xmpp/xml";
import type { Note } from "../model/availability.ts";
import { cleanText } from "./plain-text.ts";
import { activitiesIn } from "./rpid.ts";

/** RFC 3863 §4.1.1. */
export const PIDF = "urn:ietf:params:xml:ns:pidf";
export const PIDF_TYPE = "application/pidf+xml";
const JABBER_CLIENT = "jabber:client";
const MAX_TUPLES = 64;
const MAX_NOTES = 8;

/** One tuple (RFC 3863 §4.1.2). `basic` is undefined where the document does not say. */
export interface PidfTuple {
  readonly id: string;
  readonly basic: "open" | "closed" | undefined;
  /** RFC 8048 §6.2 note 7: the XMPP element inside `status`. */
  readonly show?: Show;
  readonly activities: readonly string[];
  readonly notes: readonly Note[];
  /** RFC 3863 §4.1.5: 0 to 1. */
  readonly priority?: number;
  /** RFC 3863 §4.1.7, in UTC. */
  readonly timestamp?: string;
}

/** What a presence document says, as far as we understand it. `entity` is not trusted: the dialog says whose it is. */
export interface PidfDocument {
  readonly tuples: readonly PidfTuple[];
  /** Of the person as a whole (RFC 4479 §3.2). */
  readonly activities: readonly string[];
  readonly notes: readonly Note[];
  readonly displayName?: string;
}

/** Reads PIDF leniently: unknown elements are passed over (RFC 3863 §4.2.3), prefixes do not matter. Undefined: something else. */
export function pidfIn(root: Element): PidfDocument | undefined {
  return root.name === "presence" && root.namespace === PIDF ? readPresence(root) : undefined;
}

function readPresence(root: Element): PidfDocument {
  const tuples: PidfTuple[] = [];
  const notes: Note[] = [];
  const activities: string[] = [];
  let displayName: string | undefined;
  for (const element of elements(root)) {
    if (element.name === "tuple" && element.namespace === PIDF) {
      if (tuples.length < MAX_TUPLES) tuples.push(readTuple(element));
    } else if (element.name === "person") {
      activities.push(...activitiesIn(element));
      notes.push(...notesIn(element));
    } else if (element.name === "display-name") displayName = cleanText(text(element).trim());
  }
  notes.unshift(...notesIn(root));
  const base = { tuples, activities, notes };
  return displayName === undefined || displayName === "" ? base : { ...base, displayName };
}

function readTuple(tuple: Element): PidfTuple {
  const status = elements(tuple).find((element) => element.name === "status");
  const contact = elements(tuple).find((element) => element.name === "contact");
  const priority = contact === undefined ? undefined : qvalue(attribute(contact, "priority"));
  const show = status === undefined ? undefined : showIn(status);
  const timestamp = timestampIn(tuple);
  return {
    id: attribute(tuple, "id") ?? "",
    basic: status === undefined ? undefined : basicIn(status),
    activities: [...(status === undefined ? [] : activitiesIn(status)), ...activitiesIn(tuple)],
    notes: notesIn(tuple),
    ...(priority === undefined ? {} : { priority }),
    ...(show === undefined ? {} : { show }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

/** Of the formats RFC 3339 allows; anything else is as if it were not there. */
function timestampIn(tuple: Element): string | undefined {
  const timestamp = elements(tuple).find((element) => element.name === "timestamp");
  const words = timestamp === undefined ? "" : text(timestamp).trim();
  const at = /^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)$/i.test(words) ? Date.parse(words) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

function basicIn(status: Element): "open" | "closed" | undefined {
  const basic = elements(status).find((element) => element.name === "basic");
  const word = basic === undefined ? "" : text(basic).trim().toLowerCase();
  return word === "open" || word === "closed" ? word : undefined;
}

function showIn(status: Element): Show | undefined {
  const show = elements(status).find((element) => element.name === "show" && element.namespace === JABBER_CLIENT);
  const word = show === undefined ? "" : text(show).trim();
  return word === "away" || word === "xa" || word === "dnd" || word === "chat" ? word : undefined;
}

function notesIn(parent: Element): readonly Note[] {
  const notes: Note[] = [];
  for (const element of elements(parent)) {
    if (element.name !== "note" || notes.length === MAX_NOTES) continue;
    const words = cleanText(text(element)).trim();
    const lang = attribute(element, "xml:lang");
    if (words !== "") notes.push(lang === undefined ? { text: words } : { text: words, lang });
  }
  return notes;
}

/** Out of range is as if it were not there (RFC 3863 §4.1.5). */
function qvalue(value: string | undefined): number | undefined {
  if (value === undefined || !/^[01](\.\d{0,3})?$/.test(value.trim())) return undefined;
  const priority = Number(value);
  return priority <= 1 ? priority : undefined;
}
