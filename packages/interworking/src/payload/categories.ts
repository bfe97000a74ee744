import { attribute, type Element, elements, text } from "@interpres/xmpp/xml";
import type { Note } from "../model/availability.ts";
import type { PidfDocument } from "./pidf.ts";
import { cleanText } from "./plain-text.ts";

const CATEGORIES = "http://schemas.microsoft.com/2006/09/sip/categories";
const MAX_NOTES = 8;

/** Where each state of OCS and Lync begins, and the word for it (facts of Microsoft's dialect §2.6). */
const states: readonly (readonly [number, string])[] = [
  [15_000, "away"],
  [12_000, "be-right-back"],
  [9000, "do-not-disturb"],
  [6000, "busy"],
  [4500, "idle"],
  [3000, "open"],
];
/** From here on somebody is gone; below the first state clients show that they do not know. */
const OFFLINE = 18_000;

/** Reads `application/msrtc-event-categories+xml`: the aggregate state, notes, the name. Undefined: something else. */
export function categoriesIn(root: Element): PidfDocument | undefined {
  if (root.name !== "categories" || root.namespace !== CATEGORIES) return undefined;
  const categories = elements(root).filter(({ name }) => name === "category");
  const state = aggregateIn(contents(categories, "state"));
  const displayName = nameIn(contents(categories, "contactCard"));
  const activities = state === undefined ? [] : activitiesOf(state);
  const basic = activities.length === 0 ? "closed" : "open";
  return {
    tuples: [{ id: "0", basic, activities, notes: [] }],
    activities: [],
    notes: notesIn(contents(categories, "note")),
    ...(displayName === undefined ? {} : { displayName }),
  };
}

/** What stands in the categories of that name. */
function contents(categories: readonly Element[], name: string): readonly Element[] {
  return categories.filter((category) => attribute(category, "name") === name).flatMap(elements);
}

/** The one for all devices where the server marks it; its type has a prefix of the document's own. */
function aggregateIn(all: readonly Element[]): Element | undefined {
  const marked = all.find(({ attributes }) => [...attributes.values()].some((value) => /aggregateState$/.test(value)));
  return marked ?? all[0];
}

/** None: she is not there. The token says more than the number, where somebody has a word for it. */
function activitiesOf(state: Element): readonly string[] {
  const availability = Number(textOf(state, "availability"));
  const word = states.find(([first]) => availability >= first)?.[1];
  if (word === undefined || availability >= OFFLINE) return [];
  const activity = elements(state).find(({ name }) => name === "activity");
  const token = activity === undefined ? "" : (attribute(activity, "token") ?? "").toLowerCase();
  return token === "" ? [word] : [token, word];
}

function notesIn(all: readonly Element[]): readonly Note[] {
  return all
    .map((note) => ({ text: textOf(note, "body") }))
    .filter((note) => note.text !== "")
    .slice(0, MAX_NOTES);
}

function nameIn(cards: readonly Element[]): string | undefined {
  const named = cards.flatMap(elements).flatMap(elements);
  return named.map((name) => textOf(name, "displayName")).find((name) => name !== "");
}

function textOf(parent: Element, name: string): string {
  const found = elements(parent).find((element) => element.name === name);
  return found === undefined ? "" : cleanText(text(found)).trim();
}
