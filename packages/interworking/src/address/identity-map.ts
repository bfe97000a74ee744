import type { BareJid } from "@interpres/xmpp";

/** Which address foreign domains know a local user by. Addresses here are plain `name@domain`: nothing escaped. */
export interface IdentityMap {
  /** Her address for federation, such as her mail address; undefined: her JID is it. */
  federationAddress(user: BareJid): string | undefined;
  /** The local user behind an address for federation; undefined: the address is read as a JID. */
  userOf(address: string): BareJid | undefined;
  /** What peers may show beside her address. */
  displayName(user: BareJid): string | undefined;
}

/** Everyone is known by her JID. */
export const sameIdentity: IdentityMap = {
  federationAddress: () => undefined,
  userOf: () => undefined,
  displayName: () => undefined,
};
