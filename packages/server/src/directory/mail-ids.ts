import type { EntryProblem } from "@interpres/admin-api";
import type { AccountRecord } from "@interpres/xmpp";

/** A user whose entry was read, with the Mail ID the entry asks for and the one she has. */
export interface MailIdClaim {
  readonly jid: string;
  readonly dn: string;
  readonly wanted: string | undefined;
  readonly held: string | undefined;
}

/**
 * Which claimant gets her Mail ID, by JID: an address in the mail domain leads to one user (facts R69), and is not the
 * JID of another. Who has it keeps it; among others the first gets it, and the rest are problems.
 */
export function grantMailIds(
  claims: readonly MailIdClaim[],
  accounts: readonly AccountRecord[],
  problems: EntryProblem[],
): ReadonlyMap<string, string> {
  const holders = holdersBefore(claims, accounts);
  const users = new Set([...accounts, ...claims].map(({ jid }) => jid));
  const granted = new Map<string, string>();
  for (const { jid, dn, wanted } of claims) {
    if (wanted === undefined) continue;
    const key = keyOf(wanted);
    const holder = key !== jid && users.has(key) ? key : (holders.get(key) ?? jid);
    if (holder === jid) granted.set(jid, wanted);
    else problems.push({ dn, reason: `${wanted} belongs to ${holder} and was left away` });
    if (!holders.has(key)) holders.set(key, holder);
  }
  return granted;
}

/** Those who are not asked now, and those who go on having what they have. */
function holdersBefore(claims: readonly MailIdClaim[], accounts: readonly AccountRecord[]): Map<string, string> {
  const claimants = new Set(claims.map(({ jid }) => jid));
  const others = accounts.filter(({ jid }) => !claimants.has(jid));
  const keeping = claims.filter(
    ({ wanted, held }) => wanted !== undefined && held !== undefined && keyOf(wanted) === keyOf(held),
  );
  return new Map([
    ...others.flatMap(({ jid, mailId }) => (mailId === undefined ? [] : [[keyOf(mailId), jid] as const])),
    ...keeping.map(({ jid, held = "" }) => [keyOf(held), jid] as const),
  ]);
}

/** Equal addresses have equal keys, whatever their case. Who is known by which is decided with more care where it counts. */
function keyOf(mailId: string): string {
  return mailId.toLowerCase();
}
