import type { Appearance, Dialect, SeenWord } from "@interpres/federation";
import { type BareJid, makePresence, type Presence } from "@interpres/xmpp";
import { type Element, el } from "@interpres/xmpp/xml";
import { resourceOfGr } from "../address/sip-uri-to-jid.ts";
import type { Note, PresenceState, ResourceState } from "../model/availability.ts";
import type { PidfDocument, PidfTuple } from "../payload/pidf.ts";
import { priorityFromQvalue } from "../payload/rpid-presence.ts";

const JABBER_CLIENT = "jabber:client";
const DELAY = "urn:xmpp:delay";
/** For a tuple whose id no resource can hold. */
const NAMELESS = "sip";

interface Reading {
  readonly dialect: Dialect;
  /** Of what bears no language itself: the Content-Language of the NOTIFY. */
  readonly lang: string | undefined;
}

/** What a presence document says of a contact; closed tuples are left out (RFC 8048 §6.3). */
export function stateOfDocument(document: PidfDocument, reading: Reading): PresenceState {
  const resources = new Map<string, ResourceState>();
  for (const tuple of document.tuples) {
    if (!isOpen(tuple)) continue;
    const state = resourceOf(tuple, document, reading);
    if (!resources.has(state.resource)) resources.set(state.resource, state);
  }
  const all = [...resources.values()];
  return document.displayName === undefined
    ? { resources: all }
    : { resources: all, displayName: document.displayName };
}

/** A tuple that says how someone is, but not whether, is taken as open. */
function isOpen({ basic, activities, show }: PidfTuple): boolean {
  return basic === "open" || (basic === undefined && (activities.length > 0 || show !== undefined));
}

function resourceOf(tuple: PidfTuple, document: PidfDocument, { dialect, lang }: Reading): ResourceState {
  const seen = appearance([...tuple.activities, ...document.activities], dialect);
  const notes = (tuple.notes.length > 0 ? tuple.notes : document.notes).map((note) => inLanguage(note, lang));
  return {
    resource: resourceOfGr(tuple.id.replace(/^ID-/, "")) ?? NAMELESS,
    show: tuple.show ?? seen.show,
    notes: notes.length === 0 && seen.status !== undefined ? [{ text: seen.status }] : notes,
    priority: priorityFromQvalue(tuple.priority),
    ...(tuple.timestamp === undefined ? {} : { since: tuple.timestamp }),
  };
}

function inLanguage(note: Note, lang: string | undefined): Note {
  return note.lang !== undefined || lang === undefined ? note : { ...note, lang };
}

/** By the first activity that has a row. */
function appearance(activities: readonly string[], { mapping: { seen } }: Dialect): Appearance {
  const isRow = (activity: string): activity is SeenWord => Object.hasOwn(seen, activity);
  return seen[activities.find(isRow) ?? "open"];
}

/** The stanza that tells a user about one resource of a contact (RFC 6121 §4.7), since when by XEP-0203 §4. */
export function presenceOf(contact: BareJid, to: BareJid, state: ResourceState): Presence {
  const children: Element[] = [];
  if (state.show !== "available") children.push(el("show", JABBER_CLIENT, {}, state.show));
  for (const note of onePerLanguage(state.notes))
    children.push(el("status", JABBER_CLIENT, { "xml:lang": note.lang }, note.text));
  if (state.priority !== 0) children.push(el("priority", JABBER_CLIENT, {}, String(state.priority)));
  if (state.since !== undefined) children.push(el("delay", DELAY, { stamp: state.since }));
  return makePresence({ type: "available", from: contact.withResource(state.resource), to }, ...children);
}

/** That a resource is gone. */
export function unavailableOf(contact: BareJid, to: BareJid, resource: string): Presence {
  return makePresence({ type: "unavailable", from: contact.withResource(resource), to });
}

/** RFC 6121 §4.7.2.2: no two in the same language. */
function onePerLanguage(notes: readonly Note[]): readonly Note[] {
  const seen = new Set<string>();
  return notes.filter(({ lang = "" }) => !seen.has(lang) && seen.add(lang) !== undefined);
}
