import { type Element, el } from "@interpres/xmpp/xml";
import { PIDF } from "./pidf.ts";
import { writeDocument } from "./prefixed-document.ts";
import { OLD_RPID } from "./rpid.ts";

const RPID_TUPLE = "urn:ietf:params:xml:ns:pidf:rpid-tuple";
const CIPID = "urn:ietf:params:xml:ns:pidf:cipid";
/** COMPAT(microsoft): these four, with these prefixes, are what its readers were seen to take; see vendor-presence.test.ts. */
const PREFIXES = { [PIDF]: "", [OLD_RPID]: "ep", [RPID_TUPLE]: "et", [CIPID]: "ci" };

export interface VendorPresenceInit {
  /** `sip:bob@local.example`, or without the scheme for AOL. */
  readonly entity: string;
  readonly basic: "open" | "closed";
  /** A word of the old RPID vocabulary; only with "open". */
  readonly activity?: string;
  readonly displayName?: string;
}

/** The presence document of OCS, Lync and their successors: one tuple, the activity as text inside `status`. */
export function writeVendorPresence({ entity, basic, activity, displayName }: VendorPresenceInit): string {
  const status: Element[] = [el("basic", PIDF, {}, basic)];
  if (basic === "open" && activity !== undefined) {
    status.push(el("activities", OLD_RPID, {}, el("activity", OLD_RPID, {}, activity)));
  }
  const children = [el("tuple", PIDF, { id: "0" }, el("status", PIDF, {}, ...status))];
  if (displayName !== undefined) children.push(el("display-name", CIPID, {}, displayName));
  return writeDocument(el("presence", PIDF, { entity }, ...children), PREFIXES);
}
