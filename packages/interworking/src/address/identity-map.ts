import type { BareJid } from "@interpres/xmpp";

/** Whom an address in one of our domains means to a foreign one. */
export type Addressee =
  /** Whether there is such an account is asked elsewhere. */
  | { readonly kind: "user"; readonly user: BareJid }
  /** Hers, and not the one that foreign domains know her by (facts R68). */
  | { readonly kind: "other-address"; readonly user: BareJid }
  | { readonly kind: "nobody" };

/**
 * Which address foreign domains know a local user by: exactly one (facts R69). The same for SIP and for XMPP federation.
 */
export interface IdentityMap {
  /** Her address for federation, such as her mail address, as plain `name@domain`; undefined: her JID is it. */
  federationAddress(user: BareJid): string | undefined;
  /** Whom an address that came from outside, read as a JID, means. */
  addressee(address: BareJid): Addressee;
  /** What peers may show beside her address. */
  displayName(user: BareJid): string | undefined;
}

/** Everyone is known by her JID. */
export const sameIdentity: IdentityMap = {
  federationAddress: () => undefined,
  addressee: (user) => ({ kind: "user", user }),
  displayName: () => undefined,
};
