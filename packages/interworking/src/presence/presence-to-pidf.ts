import type { Dialect, LocalState, Show } from "@interpres/federation";
import type { Presence } from "@interpres/xmpp";
import { attribute, child, childrenNamed, text } from "@interpres/xmpp/xml";
import { aggregate, type Note, type PresenceState, type ResourceState } from "../model/availability.ts";
import { cleanText } from "../payload/plain-text.ts";
import { writeRpidPresence } from "../payload/rpid-presence.ts";
import { writeVendorPresence } from "../payload/vendor-presence.ts";

const DELAY = "urn:xmpp:delay";
const MAX_NOTES = 4;
const MAX_NOTE_LENGTH = 1024;

/** One available resource out of its presence stanza (RFC 6121 §4.7). */
function resourceState(presence: Presence): ResourceState {
  const { element, from } = presence;
  const notes = notesOf(presence);
  const activity = activityOf(notes);
  const delay = child(element, "delay", DELAY);
  const stamp = Date.parse((delay === undefined ? undefined : attribute(delay, "stamp")) ?? "");
  return {
    resource: from?.kind === "full" ? from.resource : "",
    show: showOf(childText(presence, "show")),
    notes,
    priority: priorityOf(child(element, "priority") === undefined ? "0" : childText(presence, "priority")),
    ...(activity === undefined ? {} : { activity }),
    ...(Number.isNaN(stamp) ? {} : { since: new Date(stamp).toISOString() }),
  };
}

/** The language of all that was said, when it is one (RFC 8048 §6.2, table 1: for Content-Language). */
export function languageOf({ resources }: PresenceState): string | undefined {
  const languages = new Set(resources.flatMap(({ notes }) => notes.map(({ lang }) => lang)));
  const [language] = languages;
  return languages.size === 1 && /^[A-Za-z0-9-]{1,64}$/.test(language ?? "") ? language : undefined;
}

/** All of a user's resources; a name for people when there is one. */
export function stateOf(presences: readonly Presence[], displayName: string | undefined): PresenceState {
  const resources = presences.map(resourceState);
  return displayName === undefined ? { resources } : { resources, displayName };
}

export interface PresenceDocumentInit {
  readonly dialect: Dialect;
  /** Whose state, by the name the watcher asked for: `sip:bob@local.example`. */
  readonly uri: string;
  /** Where to reach her, the same or her newer name (RFC 3863 §4.1.5). */
  readonly contactUri: string;
  readonly state: PresenceState;
}

/** The document a peer of this kind is told (RFC 8048 §6.2). Its text is the same while the state is. */
export function presenceDocument({ dialect, uri, contactUri, state }: PresenceDocumentInit): string {
  const entity = nameFor(dialect, uri);
  const best = aggregate(state.resources);
  const told = best === undefined ? "available" : dialect.mapping.told[best.activity ?? best.show];
  const activity = told === "available" ? undefined : told;
  if (dialect.presenceFormat === "rpid-pidf") {
    return writeRpidPresence({ entity, contact: nameFor(dialect, contactUri), state, activity });
  }
  return writeVendorPresence({
    entity,
    basic: best === undefined ? "closed" : "open",
    ...(activity === undefined ? {} : { activity }),
    ...(state.displayName === undefined ? {} : { displayName: state.displayName }),
  });
}

function nameFor({ pidfEntity }: Dialect, uri: string): string {
  return pidfEntity === "bare-address" ? uri.replace(/^sips?:/, "") : uri;
}

function showOf(word: string): Show {
  return word === "away" || word === "xa" || word === "dnd" || word === "chat" ? word : "available";
}

function priorityOf(word: string): number {
  const priority = /^[+-]?\d{1,3}$/.test(word) ? Number(word) : 0;
  return priority >= -128 && priority <= 127 ? priority : 0;
}

function childText({ element }: Presence, name: string): string {
  const found = child(element, name);
  return found === undefined ? "" : text(found).trim();
}

function notesOf({ element, lang }: Presence): readonly Note[] {
  const notes: Note[] = [];
  for (const status of childrenNamed(element, "status").slice(0, MAX_NOTES)) {
    const words = cleanText(text(status)).trim().slice(0, MAX_NOTE_LENGTH);
    const language = attribute(status, "xml:lang") ?? lang;
    if (words !== "") notes.push(language === undefined ? { text: words } : { text: words, lang: language });
  }
  return notes;
}

/** XMPP has no word for it; users and telephony plug-ins say it in the status. */
function activityOf(notes: readonly Note[]): Exclude<LocalState, Show> | undefined {
  const words = notes[0]?.text.toLowerCase() ?? "";
  if (/^(?:on (?:the|a) (?:phone|call)|in a call)\b/.test(words)) return "on-the-phone";
  if (/^in a meeting\b/.test(words)) return "in-a-meeting";
  return words === "busy" ? "busy" : undefined;
}
