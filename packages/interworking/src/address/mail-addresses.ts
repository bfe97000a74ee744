import { type AccountChange, type AccountRecord, type BareJid, parseBareJid } from "@interpres/xmpp";
import { isMailAddress, type MailAddress, readMailAddress } from "./mail-address.ts";

/** A user's one address where mail addresses are used, or why it is still her JID (facts R66, R67). */
export type MailStanding =
  | { readonly kind: "mail"; readonly address: MailAddress }
  | { readonly kind: "jid"; readonly because: FallbackReason };

export type FallbackReason =
  | "no-mail-id"
  | "not-an-address"
  /** It is the JID of somebody else, or two users have it: it would lead to the wrong one. */
  | "not-unique"
  /** Its domain is served by a foreign domain we federate with. */
  | "foreign-domain";

export interface MailAddressesPorts {
  readonly accounts: { list(): readonly AccountRecord[]; exists(user: BareJid): boolean };
  /** Whether a domain, in lower case, is one that we federate with. */
  readonly isForeign: (domain: string) => boolean;
}

/** A user who has an address in the directory; whether it is hers alone is asked at each use. */
interface Claim {
  readonly user: BareJid;
  readonly address: MailAddress;
}

/** The users' mail addresses, one each and no aliases (facts R69), both ways. It knows neither SIP nor XMPP's wire. */
export class MailAddresses {
  readonly #ports: MailAddressesPorts;
  readonly #byUser = new Map<string, Claim>();
  readonly #byAddress = new Map<string, readonly Claim[]>();
  readonly #usersOfDomain = new Map<string, number>();

  /** Begins with the accounts there are. */
  constructor(ports: MailAddressesPorts) {
    this.#ports = ports;
    const users = ports.accounts.list().map((after) => ({ user: parseBareJid(after.jid), after }));
    this.changed(users.flatMap(({ user, after }) => (user === undefined ? [] : [{ user, before: undefined, after }])));
  }

  /** Takes in what a write changed. Returns the users that are still there and whose address may be another now. */
  changed(changes: readonly AccountChange[]): ReadonlySet<string> {
    const concerned = new Set<string>();
    const gone = new Set<string>();
    for (const change of changes) {
      const { user, before, after } = change;
      if (after === undefined) gone.add(user.toString());
      if (before !== undefined && after !== undefined && before.mailId === after.mailId) continue;
      for (const key of this.#replace(change)) concerned.add(key);
    }
    for (const key of gone) concerned.delete(key);
    return concerned;
  }

  /** Where a user stands if mail addresses are used. */
  standing({ jid, mailId }: Pick<AccountRecord, "jid" | "mailId">): MailStanding {
    const claim = this.#byUser.get(jid);
    if (claim === undefined) return { kind: "jid", because: mailId === undefined ? "no-mail-id" : "not-an-address" };
    if (this.#ports.isForeign(claim.address.domain)) return { kind: "jid", because: "foreign-domain" };
    return this.#isAlone(claim) ? { kind: "mail", address: claim.address } : { kind: "jid", because: "not-unique" };
  }

  /** The mail address a user goes by; undefined: her JID. */
  addressOf(user: BareJid): MailAddress | undefined {
    const claim = this.#byUser.get(user.toString());
    return claim !== undefined && this.#counts(claim) ? claim.address : undefined;
  }

  /** Who goes by this address, given as `MailAddress.jid`. */
  userOf(address: BareJid): BareJid | undefined {
    const [claim] = this.#byAddress.get(address.toString()) ?? [];
    return claim !== undefined && this.#counts(claim) ? claim.user : undefined;
  }

  /** Who has the address in the directory, whether she goes by it or not. */
  holders(address: BareJid): readonly BareJid[] {
    return (this.#byAddress.get(address.toString()) ?? []).map(({ user }) => user);
  }

  /** Whether some user has an address in that domain, in lower case, and it is not a foreign one. */
  serves(domain: string): boolean {
    return this.#usersOfDomain.has(domain) && !this.#ports.isForeign(domain);
  }

  /** The domains of all addresses in the directory, with how many users have one there. */
  domains(): ReadonlyMap<string, number> {
    return this.#usersOfDomain;
  }

  #counts(claim: Claim): boolean {
    return !this.#ports.isForeign(claim.address.domain) && this.#isAlone(claim);
  }

  #isAlone({ user, address }: Claim): boolean {
    const claims = this.#byAddress.get(address.jid.toString()) ?? [];
    return claims.length === 1 && (address.jid.equals(user) || !this.#ports.accounts.exists(address.jid));
  }

  /** The users whose standing it may have moved: herself, and whoever has the same address, before or now. */
  #replace({ user, after }: AccountChange): readonly string[] {
    const key = user.toString();
    const before = this.#byUser.get(key);
    const reading = after?.mailId === undefined ? undefined : readMailAddress(after.mailId);
    const now = reading === undefined || !isMailAddress(reading) ? undefined : { user, address: reading };
    const touched = [key, ...this.#claimants(key), ...this.#claimants(before?.address.jid.toString())];
    if (before !== undefined) this.#forget(before);
    if (now !== undefined) this.#remember(now);
    return [...touched, ...this.#claimants(now?.address.jid.toString())];
  }

  #claimants(address: string | undefined): readonly string[] {
    if (address === undefined) return [];
    return (this.#byAddress.get(address) ?? []).map(({ user }) => user.toString());
  }

  #remember(claim: Claim): void {
    const { domain, jid } = claim.address;
    this.#byUser.set(claim.user.toString(), claim);
    this.#byAddress.set(jid.toString(), [...(this.#byAddress.get(jid.toString()) ?? []), claim]);
    this.#usersOfDomain.set(domain, (this.#usersOfDomain.get(domain) ?? 0) + 1);
  }

  #forget(claim: Claim): void {
    const { domain, jid } = claim.address;
    this.#byUser.delete(claim.user.toString());
    const others = (this.#byAddress.get(jid.toString()) ?? []).filter((other) => other !== claim);
    if (others.length === 0) this.#byAddress.delete(jid.toString());
    else this.#byAddress.set(jid.toString(), others);
    const left = (this.#usersOfDomain.get(domain) ?? 1) - 1;
    if (left === 0) this.#usersOfDomain.delete(domain);
    else this.#usersOfDomain.set(domain, left);
  }
}
