import type { User, UserReplacement } from "@interpres/admin-api";
import { type AccountRecord, type BareJid, parseBareJid } from "@interpres/xmpp";
import type { AdminContext } from "../admin-context.ts";
import { instantText } from "../http/instant.ts";
import { conflict, invalidInput } from "../http/problem-error.ts";
import { type CheckedUser, localUser, mailIdProblem, nodeProblem } from "./user-input.ts";

/** A new account; `path` names the password where it cannot be one. */
export async function accountOf(
  { jid, input }: CheckedUser,
  context: AdminContext,
  path: string,
): Promise<AccountRecord> {
  const { enabled = true, password } = input;
  return {
    jid: jid.toString(),
    ...filledIn(input),
    enabled,
    scram: await verifiersOf(password, context, path),
  };
}

/** The account as `input` wants it; throws what stands against that. */
export async function replacementOf(
  old: AccountRecord,
  input: UserReplacement,
  context: AdminContext,
): Promise<AccountRecord> {
  const user = input.jid === undefined ? undefined : localUser(input.jid, context);
  if (user !== undefined && (user.kind === "problem" || user.jid.toString() !== old.jid))
    throw invalidInput([{ path: "jid", message: "cannot be changed" }]);
  const { mailId = "", node, enabled = old.enabled, password } = input;
  const wrong = [
    { path: "mailId", message: mailIdProblem(mailId, { jid: addressOf(old), context }) },
    { path: "node", message: nodeProblem(node, context) },
  ].flatMap(({ path, message }) => (message === undefined ? [] : [{ path, message }]));
  if (wrong.length > 0) throw invalidInput(wrong);
  if (isKeptByDirectory(old, context)) return keptReplacement(old, input);
  const scram = password === undefined ? old.scram : await verifiersOf(password, context, "password");
  // With a password of ours the user is one of ours: her directory is switched off.
  const origin = password === undefined ? old.origin : undefined;
  return {
    jid: old.jid,
    ...filledIn(input),
    enabled,
    ...(scram === undefined ? {} : { scram }),
    ...(origin === undefined ? {} : { origin }),
  };
}

/** What the directory says is changed there; who may sign in, and where, is decided here as well. */
function keptReplacement(old: AccountRecord, input: UserReplacement): AccountRecord {
  const owned = (path: string) =>
    conflict("user-owned-by-directory", {
      path,
      message: `comes from the directory (${old.origin?.dn}); change it there`,
    });
  if (input.password !== undefined) throw owned("password");
  for (const field of ["displayName", "mailId"] as const)
    if (input[field] !== undefined && input[field] !== (old[field] ?? "")) throw owned(field);
  if (input.enabled === true && old.origin?.disabledBy === "directory") throw owned("enabled");
  const { node = old.node, enabled = old.enabled } = input;
  return { ...old, enabled, ...(node === undefined ? {} : { node }) };
}

/** Refused while the next synchronisation would bring the user back. */
export function refuseRemoval(account: AccountRecord, context: AdminContext): void {
  if (!isKeptByDirectory(account, context) || account.origin?.vanishedAt !== undefined) return;
  const message = `comes from the directory (${account.origin?.dn}): remove it there, or let the filter leave it out`;
  throw conflict("user-owned-by-directory", { path: "jid", message });
}

function isKeptByDirectory({ origin }: AccountRecord, { settings }: AdminContext): boolean {
  return origin !== undefined && settings.current().document.directory.enabled;
}

async function verifiersOf(password: string, context: AdminContext, path: string) {
  const verifiers = await context.hashPassword(password);
  if (verifiers === undefined) throw invalidInput([{ path, message: "holds what no password may (RFC 4013)" }]);
  return verifiers;
}

interface Texts {
  readonly displayName?: string;
  readonly mailId?: string;
  readonly node?: string;
}

/** Empty text is no text. */
function filledIn({ displayName = "", mailId = "", node = "" }: Texts): Texts {
  return {
    ...(displayName === "" ? {} : { displayName }),
    ...(mailId === "" ? {} : { mailId }),
    ...(node === "" ? {} : { node }),
  };
}

function addressOf({ jid }: AccountRecord): BareJid {
  const address = parseBareJid(jid);
  if (address === undefined) throw new Error(`${jid} is no bare JID`);
  return address;
}

/** As a reader sees it. */
export function shownUser(account: AccountRecord, context: AdminContext): Omit<User, "addresses"> {
  const { jid, enabled, origin, node = context.node.name } = account;
  return {
    jid,
    ...filledIn(account),
    node,
    origin: shownOrigin(origin),
    enabled,
    federationAddress: context.federationAddress(account),
  };
}

function shownOrigin(origin: AccountRecord["origin"]): User["origin"] {
  if (origin === undefined) return { kind: "administrator" };
  const { dn, vanishedAt } = origin;
  return { kind: "directory", dn, vanishedAt: vanishedAt === undefined ? null : instantText(vanishedAt) };
}
