import { type Element, elements, text } from "@interpres/xmpp/xml";

/** RFC 4480; the draft before it that Microsoft and AOL stayed with; RFC 4479 (person, device). */
export const RPID = "urn:ietf:params:xml:ns:pidf:rpid";
export const OLD_RPID = "urn:ietf:params:xml:ns:pidf:status:rpid-status";
export const DATA_MODEL = "urn:ietf:params:xml:ns:pidf:data-model";

/**
 * The activities an `activities` or old `activity` element names, lower case. Both flavours are read: words as the names
 * of empty elements (RFC 4480 §3.2), and words as text of `activity` elements (the drafts).
 */
export function activitiesIn(parent: Element): readonly string[] {
  const found: string[] = [];
  for (const element of elements(parent)) {
    if (!isRpid(element)) continue;
    if (element.name === "activities") for (const activity of elements(element)) add(found, activity);
    else if (element.name === "activity") add(found, element);
  }
  return found;
}

function isRpid(element: Element): boolean {
  return element.namespace.includes("rpid") || element.namespace === "";
}

function add(found: string[], activity: Element): void {
  if (activity.name === "note") return;
  const word = activity.name === "activity" ? text(activity).trim().toLowerCase() : activity.name;
  if (word !== "" && found.length < 16) found.push(word);
}
