import type { Show } from "@interpres/federation";
import { type Element, el } from "@interpres/xmpp/xml";
import type { Note, PresenceState, ResourceState } from "../model/availability.ts";
import { PIDF } from "./pidf.ts";
import { writeDocument } from "./prefixed-document.ts";
import { DATA_MODEL, RPID } from "./rpid.ts";

const PREFIXES = { [PIDF]: "", [DATA_MODEL]: "dm", [RPID]: "rpid" };
const JABBER_CLIENT = "jabber:client";

export interface RpidInit {
  /** Whose state: `sip:bob@local.example`. */
  readonly entity: string;
  /** Where to reach the user now, in the same form. */
  readonly contact: string;
  readonly state: PresenceState;
  /** RFC 4480 §3.2 activity for the person as a whole, when there is one. */
  readonly activity: string | undefined;
}

/**
 * A presence document for RFC peers: a tuple for each resource with its `show` (RFC 8048 §6.2), and the activity at the
 * person (RFC 4479 §3.2, RFC 4480 §3.2). Offline: one closed tuple.
 */
export function writeRpidPresence({ entity, contact, state, activity }: RpidInit): string {
  const tuples = state.resources.map((resource, index) => tuple(contact, resource, index));
  const children = tuples.length === 0 ? [closedTuple()] : tuples;
  if (activity !== undefined && tuples.length > 0) children.push(person(activity));
  return writeDocument(el("presence", PIDF, { entity }, ...children), PREFIXES);
}

function closedTuple(): Element {
  return el("tuple", PIDF, { id: "ID-offline" }, el("status", PIDF, {}, el("basic", PIDF, {}, "closed")));
}

function tuple(contact: string, resource: ResourceState, index: number): Element {
  const status = el("status", PIDF, {}, el("basic", PIDF, {}, "open"), ...show(resource.show));
  return el(
    "tuple",
    PIDF,
    { id: tupleId(resource.resource, index) },
    status,
    contactElement(contact, resource),
    ...resource.notes.map(note),
    ...(resource.since === undefined ? [] : [el("timestamp", PIDF, {}, resource.since)]),
  );
}

function show(value: Show): readonly Element[] {
  return value === "available" ? [] : [el("show", JABBER_CLIENT, {}, value)];
}

/** RFC 8048 §6.2 note 6: 0 to 127 become 0 to 1 in unique steps; a negative priority is not mapped. */
function contactElement(contact: string, resource: ResourceState): Element {
  const priority = resource.priority < 0 ? undefined : (resource.priority / 127).toFixed(3);
  return el("contact", PIDF, { priority }, contact);
}

function note({ text, lang }: Note): Element {
  return el("note", PIDF, { "xml:lang": lang }, text);
}

function person(activity: string): Element {
  return el("person", DATA_MODEL, { id: "ID-person" }, el("activities", RPID, {}, el(activity, RPID, {})));
}

/** RFC 8048 §6.2 note 2: prefixed, because an xs:ID is a name. A resource that is none is numbered. */
function tupleId(resource: string, index: number): string {
  return /^[A-Za-z0-9_.-]+$/.test(resource)
    ? `ID-${resource}`
    : `ID-n${index}.${Buffer.from(resource).toString("hex").slice(0, 64)}`;
}

/** The priority an XMPP client would have given (RFC 8048 §6.3 note 2): an integer again. */
export function priorityFromQvalue(qvalue: number | undefined): number {
  return qvalue === undefined ? 0 : Math.round(qvalue * 127);
}
