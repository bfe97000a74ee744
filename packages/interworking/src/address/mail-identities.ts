import type { AccountRecord, BareJid } from "@interpres/xmpp";
import type { Addressee, IdentityMap } from "./identity-map.ts";
import type { MailAddresses } from "./mail-addresses.ts";

/** What foreign domains know users by now. "mail-and-jid": by mail address, and the JID still works (facts C11). */
export type FederationAddressing = "jid" | "mail" | "mail-and-jid";

export interface MailIdentitiesPorts {
  readonly accounts: { find(user: BareJid): AccountRecord | undefined };
  readonly mail: MailAddresses;
  /** Whether accounts of this domain are kept elsewhere, so that not to know one means nothing. */
  readonly isAttached: (domain: string) => boolean;
  /** Read at each use. */
  readonly addressing: () => FederationAddressing;
}

const nobody: Addressee = { kind: "nobody" };

/** The identity map of a node: each user by her mail address where that is switched on and she has one, else by her JID. */
export class MailIdentities implements IdentityMap {
  readonly #ports: MailIdentitiesPorts;

  constructor(ports: MailIdentitiesPorts) {
    this.#ports = ports;
  }

  federationAddress(user: BareJid): string | undefined {
    const { mail, addressing } = this.#ports;
    return addressing() === "jid" ? undefined : mail.addressOf(user)?.text;
  }

  addressee(address: BareJid): Addressee {
    const { accounts, addressing, mail, isAttached } = this.#ports;
    const mode = addressing();
    const byMail = mode === "jid" ? undefined : mail.userOf(address);
    if (byMail !== undefined) return { kind: "user", user: byMail };
    if (accounts.find(address) === undefined && !(address.local !== "" && isAttached(address.domain))) return nobody;
    const isKnownByIt = mode !== "mail" || mail.addressOf(address) === undefined;
    return { kind: isKnownByIt ? "user" : "other-address", user: address };
  }

  displayName(user: BareJid): string | undefined {
    return this.#ports.accounts.find(user)?.displayName;
  }

  /** Whether a domain, in lower case, is ours for the sake of mail addresses. */
  servesMailDomain(domain: string): boolean {
    const { mail, addressing } = this.#ports;
    return addressing() !== "jid" && mail.serves(domain);
  }
}
