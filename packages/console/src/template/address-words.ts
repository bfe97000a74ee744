import type { ShownAddress } from "@interpres/admin-api";
import { fill, texts } from "../texts/texts.ts";

const own = texts.addresses;

/** What has to be said of an address that could be taken for another; empty where nothing has. */
export function warningOf({ looksLike, mixesScripts }: ShownAddress): string {
  const alike = looksLike.length === 0 ? [] : [fill(own.looksLike, { others: looksLike.join(", ") })];
  return [...alike, ...(mixesScripts ? [own.mixesScripts] : [])].join("; ");
}

/** Both forms of an address, and its warning, on one line of plain text. */
export function wordsOf(address: ShownAddress): string {
  const { jid, sipUri } = address;
  const forms = fill(own.forms, { jid, sipUri: sipUri ?? own.noSipUri });
  const warning = warningOf(address);
  return warning === "" ? forms : `${forms} (${own.warning}: ${warning})`;
}

/** The form in SIP where it says more than the JID does; "" where it is the JID with a scheme before it. */
export function otherFormOf({ jid, sipUri }: ShownAddress): string {
  return sipUri === null || sipUri === `sip:${jid}` ? "" : sipUri;
}
