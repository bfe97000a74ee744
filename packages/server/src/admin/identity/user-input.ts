import type { UserInput } from "@interpres/admin-api";
import { servedDomains } from "@interpres/federation";
import { isMailAddress, readMailAddress } from "@interpres/interworking";
import { type BareJid, parseBareJid } from "@interpres/xmpp";
import type { AdminContext } from "../admin-context.ts";
import { nodeNames } from "../node/node-view.ts";
import { mailDomainProblem } from "./mail-domains.ts";

/** A new user whose address is prepared and in a local domain. `index` is the place in the input. */
export interface CheckedUser {
  readonly index: number;
  readonly jid: BareJid;
  readonly input: UserInput;
}

export interface UserProblem {
  readonly index: number;
  readonly field: string;
  readonly message: string;
}

/** Checks new users against the rules for addresses and against each other; whether they exist is not asked here. */
export function checkNewUsers(
  inputs: readonly UserInput[],
  context: AdminContext,
): { readonly users: readonly CheckedUser[]; readonly errors: readonly UserProblem[] } {
  const errors: UserProblem[] = [];
  const users: CheckedUser[] = [];
  const taken = new Set<string>();
  for (const [index, input] of inputs.entries()) {
    const user = localUser(input.jid, context);
    if (user.kind === "problem") {
      errors.push({ index, field: "jid", message: user.message });
      continue;
    }
    const checked = { index, jid: user.jid, input };
    const problem = newUserProblem(checked, taken, context);
    if (problem === undefined) users.push(checked);
    else errors.push(problem);
    for (const address of addressesOf(checked)) taken.add(address);
  }
  return { users, errors };
}

/** Whether there is such a user already. */
export function takenProblem({ index, jid }: CheckedUser, { accounts }: AdminContext): UserProblem | undefined {
  return accounts.find(jid) === undefined ? undefined : { index, field: "jid", message: "exists already" };
}

/** `taken`: the addresses of those before her in the same input. */
function newUserProblem(
  { index, jid, input }: CheckedUser,
  taken: ReadonlySet<string>,
  context: AdminContext,
): UserProblem | undefined {
  const { mailId = "", node } = input;
  const wrongNode = nodeProblem(node, context);
  if (wrongNode !== undefined) return { index, field: "node", message: wrongNode };
  if (taken.has(jid.toString())) return { index, field: "jid", message: "is there twice" };
  const [holder] = othersWith(jid, jid, context);
  if (holder !== undefined) return { index, field: "jid", message: `is the mail address of ${holder}` };
  const reading = readMailAddress(mailId);
  const isTwice = isMailAddress(reading) && taken.has(reading.jid.toString());
  const message = isTwice ? "is there twice" : mailIdProblem(mailId, { jid, context });
  return message === undefined ? undefined : { index, field: "mailId", message };
}

function addressesOf({ jid, input }: CheckedUser): readonly string[] {
  const reading = readMailAddress(input.mailId ?? "");
  return isMailAddress(reading) ? [jid.toString(), reading.jid.toString()] : [jid.toString()];
}

/** The bare JID of a user in a local domain (RFC 7622), or what is wrong with the text. */
export function localUser(
  text: string,
  context: AdminContext,
): { readonly kind: "user"; readonly jid: BareJid } | { readonly kind: "problem"; readonly message: string } {
  const jid = text.includes("/") ? undefined : parseBareJid(text);
  if (jid === undefined || jid.local === "") return { kind: "problem", message: "is not an address like name@domain" };
  const { federation } = context.settings.current().document;
  const localDomains = servedDomains(federation);
  if (federation.sipFederatedDomains.some(({ domain }) => domain === jid.domain))
    return { kind: "problem", message: `${jid.domain} is a SIP federated domain: its users are not ours` };
  if (!localDomains.includes(jid.domain))
    return { kind: "problem", message: `${jid.domain} is not a local domain (${localDomains.join(", ")})` };
  return { kind: "user", jid };
}

/**
 * What is wrong with a Mail ID: it is no full address, somebody else's, or in a domain that is foreign while mail addresses
 * are used (facts R67, R69). Empty is none at all.
 */
export function mailIdProblem(
  mailId: string,
  { jid, context }: { readonly jid: BareJid; readonly context: AdminContext },
): string | undefined {
  if (mailId === "") return undefined;
  const reading = readMailAddress(mailId);
  if (!isMailAddress(reading)) return reading.message;
  const [holder] = othersWith(reading.jid, jid, context);
  if (holder !== undefined) return `belongs to ${holder}`;
  if (!reading.jid.equals(jid) && context.accounts.exists(reading.jid)) return "is the JID of another user";
  return mailDomainProblem(reading.domain, context.settings.current().document);
}

/** What is wrong with the node a user is to be assigned to. */
export function nodeProblem(node: string | undefined, context: AdminContext): string | undefined {
  if (node === undefined) return undefined;
  const names = nodeNames(context);
  return names.includes(node) ? undefined : `is no node of this cluster (${names.join(", ")})`;
}

/** Other users who have the address, read as a JID, as their Mail ID. */
function othersWith(address: BareJid, user: BareJid, { mailAddresses }: AdminContext): readonly BareJid[] {
  return mailAddresses.holders(address).filter((holder) => !holder.equals(user));
}
