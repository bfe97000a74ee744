import { type BareJid, parseBareJid } from "../address/jid.ts";
import type { StanzaErrorReason } from "../stanza/stanza-error.ts";
import { childrenNamed, type Element, el, text } from "../xml/index.ts";
import type { RosterEntry } from "./roster-repository.ts";
import { isPendingOut, subscriptionAttribute } from "./subscription.ts";

export const ROSTER_NS = "jabber:iq:roster";

/** Characters in a handle or a group name; groups in an item. */
const MAX_NAME = 1023;
const MAX_GROUPS = 50;

/** A roster set that is well-formed (RFC 6121 §2.1.5). */
export type RosterSet =
  | { readonly kind: "update"; readonly jid: BareJid; readonly name?: string; readonly groups: readonly string[] }
  | { readonly kind: "remove"; readonly jid: BareJid };

/** Reads the query of a roster set; the errors are those of RFC 6121 §2.3.3. */
export function parseRosterSet(query: Element): RosterSet | StanzaErrorReason {
  const items = childrenNamed(query, "item");
  const [item] = items;
  if (items.length !== 1 || item === undefined) return invalid("bad-request");
  const jid = parseBareJid(item.attributes.get("jid") ?? "");
  if (jid === undefined) return invalid("jid-malformed");
  if (item.attributes.get("subscription") === "remove") return { kind: "remove", jid };
  const name = item.attributes.get("name");
  const groups = childrenNamed(item, "group").map(text);
  if (new Set(groups).size !== groups.length) return invalid("bad-request");
  if ([name ?? "", ...groups].some((value) => value.length > MAX_NAME) || groups.length > MAX_GROUPS)
    return invalid("not-acceptable");
  if (groups.includes("")) return invalid("not-acceptable");
  return { kind: "update", jid, groups, ...(name === undefined || name === "" ? {} : { name }) };
}

/** True for what `parseRosterSet` refused. */
export function isRefusedSet(result: RosterSet | StanzaErrorReason): result is StanzaErrorReason {
  return "condition" in result;
}

/** `<query/>` with these items (RFC 6121 §2.1.4); `version` is the 'ver' (§2.6). */
export function rosterElement(entries: readonly RosterEntry[], version: string): Element {
  return el("query", ROSTER_NS, { ver: version }, ...entries.map(itemElement));
}

/** One `<item/>`; what is not in the roster any more reads subscription='remove' (RFC 6121 §2.5.2). */
function itemElement(entry: RosterEntry): Element {
  if (entry.kind !== "item") return el("item", ROSTER_NS, { jid: entry.jid, subscription: "remove" });
  const attributes = {
    jid: entry.jid,
    name: entry.name,
    subscription: subscriptionAttribute(entry.state),
    ask: isPendingOut(entry.state) ? "subscribe" : undefined,
    approved: entry.approval === "pre-approved" ? "true" : undefined,
  };
  return el("item", ROSTER_NS, attributes, ...entry.groups.map((group) => el("group", ROSTER_NS, {}, group)));
}

function invalid(condition: "bad-request" | "jid-malformed" | "not-acceptable"): StanzaErrorReason {
  return { type: "modify", condition };
}
