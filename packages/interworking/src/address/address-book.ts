import type { Dialect } from "@interpres/federation";
import { detach } from "@interpres/sip";
import type { BareJid } from "@interpres/xmpp";
import { LRUCache } from "lru-cache";
import type { IdentityMap } from "./identity-map.ts";
import { nameOfLocalpart, sipUriOf, sipUriOfJid } from "./jid-to-sip-uri.ts";
import { screenNameOf } from "./screen-name.ts";
import { jidOfSipAddress, readSipAddress, type SipAddress } from "./sip-uri-to-jid.ts";

/** A SIP URI read once. */
export interface ReadAddress extends SipAddress {
  /** The JID by the rules alone, without the identity map. */
  readonly jid: BareJid;
}

interface Reading {
  readonly address: ReadAddress | undefined;
}

/** How the contacts of a domain are written on the wire. */
export interface WireNaming {
  /** What stands there for their domain. */
  readonly domain: string;
  readonly userNames: Dialect["userNames"];
}

/** Both directions of the address mapping, remembered: the same few thousand pairs talk all day. */
export class AddressBook {
  readonly #identities: IdentityMap;
  readonly #naming: (domain: string) => WireNaming;
  readonly #readings = new LRUCache<string, Reading>({ max: 20_000 });
  readonly #uris = new LRUCache<string, { readonly uri: string | undefined }>({ max: 20_000 });

  /** `naming`: how the contacts of a foreign domain are written. */
  constructor(identities: IdentityMap, naming: (domain: string) => WireNaming) {
    this.#identities = identities;
    this.#naming = naming;
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

  /** The local user a SIP URI means; undefined where foreign domains may call nobody so. */
  localUser(address: ReadAddress): BareJid | undefined {
    const addressee = this.#identities.addressee(address.jid);
    return addressee.kind === "user" ? addressee.user : undefined;
  }

  /** Whether foreign domains may call this user so now. */
  isAddressOf(uri: string, user: BareJid): boolean {
    const address = this.read(uri);
    return address !== undefined && this.localUser(address)?.equals(user) === true;
  }

  /** Whether a SIP URI is what this user calls herself now. */
  isPresentName(uri: string, user: BareJid): boolean {
    const [then, now] = [this.read(uri), this.read(this.localUri(user) ?? "")];
    return then !== undefined && now !== undefined && then.jid.equals(now.jid);
  }

  /** SIP URI of a foreign contact. */
  foreignUri(contact: BareJid): string | undefined {
    return this.#uriAt(contact, this.#naming(contact.domain));
  }

  /** SIP URI a local user appears under; her address for federation is escaped only now. */
  localUri(user: BareJid): string | undefined {
    const address = this.#identities.federationAddress(user);
    if (address === undefined) return this.#uriAt(user, { domain: user.domain, userNames: "as-written" });
    const at = address.lastIndexOf("@");
    return at <= 0 ? undefined : sipUriOf(address.slice(0, at), address.slice(at + 1).toLowerCase());
  }

  /** SIP URI of the name a local user has in a dialog that a peer began: her present one, or the old one he still uses. */
  localUriIn(dialog: { readonly localUri: string }, user: BareJid): string | undefined {
    const now = this.localUri(user);
    const then = this.read(dialog.localUri);
    if (now === undefined || then === undefined || this.read(now)?.jid.equals(then.jid)) return now;
    return this.foreignUri(then.jid);
  }

  displayName(user: BareJid): string | undefined {
    return this.#identities.displayName(user);
  }

  #uriAt(jid: BareJid, { domain, userNames }: WireNaming): string | undefined {
    const key = `${userNames} ${jid.local}@${domain}`;
    const known = this.#uris.get(key);
    if (known !== undefined) return known.uri;
    const uri = userNames === "as-written" ? sipUriOfJid(jid, domain) : uriOfScreenName(jid, domain);
    this.#uris.set(key, { uri });
    return uri;
  }
}

function uriOfScreenName(jid: BareJid, domain: string): string | undefined {
  const name = nameOfLocalpart(jid.local);
  return name === undefined ? undefined : sipUriOf(screenNameOf(name), domain);
}
