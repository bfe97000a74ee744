import { parseBareJid } from "@interpres/xmpp";
import type { AddressBook } from "./address-book.ts";

/** An address as our users and as SIP requests write it. */
export interface BothForms {
  /** Bare. */
  readonly jid: string;
  /** Undefined where no SIP URI can stand for it. */
  readonly sipUri: string | undefined;
}

const URI = /^(?:sips?|im|pres):/i;

/** The other form of an address, by the rules for requests (RFC 7247 §6); undefined for what is none, such as a domain. */
export function bothForms(
  text: string,
  { addresses, isLocal }: { readonly addresses: AddressBook; readonly isLocal: (domain: string) => boolean },
): BothForms | undefined {
  if (URI.test(text)) {
    const read = addresses.read(text);
    return read === undefined ? undefined : { jid: (addresses.localUser(read) ?? read.jid).toString(), sipUri: text };
  }
  const jid = parseBareJid(text);
  if (jid === undefined || jid.local === "") return undefined;
  return { jid: text, sipUri: isLocal(jid.domain) ? addresses.localUri(jid) : addresses.foreignUri(jid) };
}
