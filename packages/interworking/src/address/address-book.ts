import { detach } from "@interpres/sip";
import type { BareJid } from "@interpres/xmpp";
import { LRUCache } from "lru-cache";
import type { IdentityMap } from "./identity-map.ts";
import { sipUriOf, sipUriOfJid } from "./jid-to-sip-uri.ts";
import { jidOfSipAddress, readSipAddress, type SipAddress } from "./sip-uri-to-jid.ts";

/** A SIP URI read once. */
export interface ReadAddress extends SipAddress {
  /** The JID by the rules alone, without the identity map. */
  readonly jid: BareJid;
}

interface Reading {
  readonly address: ReadAddress | undefined;
}

/** Both directions of the address mapping, remembered: the same few thousand pairs talk all day. */
export class AddressBook {
  readonly #identities: IdentityMap;
  readonly #readings = new LRUCache<string, Reading>({ max: 20_000 });
  readonly #uris = new LRUCache<string, { readonly uri: string | undefined }>({ max: 20_000 });

  constructor(identities: IdentityMap) {
    this.#identities = identities;
  }

  /** A SIP URI taken apart; undefined when no JID can stand for it. */
  read(uri: string): ReadAddress | undefined {
    const known = this.#readings.get(uri);
    if (known !== undefined) return known.address;
    // A slice of a message would keep the whole message alive.
    const key = detach(uri);
    const address = readSipAddress(key);
    const jid = address === undefined ? undefined : jidOfSipAddress(address);
    const reading = { address: address === undefined || jid === undefined ? undefined : { ...address, jid } };
    this.#readings.set(key, reading);
    return reading.address;
  }

  /** The local user a SIP URI means. An address for federation is looked up unescaped, before it is read as a JID. */
  localUser(address: ReadAddress): BareJid {
    return this.#identities.userOf(`${address.name}@${address.host.toLowerCase()}`) ?? address.jid;
  }

  /** SIP URI of a foreign contact. */
  foreignUri(contact: BareJid): string | undefined {
    const key = contact.toString();
    const known = this.#uris.get(key);
    if (known !== undefined) return known.uri;
    const uri = sipUriOfJid(contact);
    this.#uris.set(key, { uri });
    return uri;
  }

  /** SIP URI a local user appears under; her address for federation is escaped only now. */
  localUri(user: BareJid): string | undefined {
    const address = this.#identities.federationAddress(user);
    if (address === undefined) return this.foreignUri(user);
    const at = address.lastIndexOf("@");
    return at <= 0 ? undefined : sipUriOf(address.slice(0, at), address.slice(at + 1).toLowerCase());
  }

  displayName(user: BareJid): string | undefined {
    return this.#identities.displayName(user);
  }
}
