import type { UserInput } from "@interpres/admin-api";
import { domainNameProblem, normalName } from "@interpres/federation";
import { type AccountRecord, type BareJid, parseBareJid } from "@interpres/xmpp";
import type { AdminContext } from "./admin-context.ts";

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
  const seen = new Set<string>();
  const seenMailIds = new Set<string>();
  const others = context.accounts.list();
  for (const [index, input] of inputs.entries()) {
    const user = localUser(input.jid, context);
    const mailId = input.mailId ?? "";
    if (user.kind === "problem") {
      errors.push({ index, field: "jid", message: user.message });
      continue;
    }
    const jid = user.jid.toString();
    const wrongMailId = seenMailIds.has(mailId.toLowerCase())
      ? "is there twice"
      : mailIdProblem(mailId, { jid, others });
    if (seen.has(jid)) errors.push({ index, field: "jid", message: "is there twice" });
    else if (wrongMailId !== undefined) errors.push({ index, field: "mailId", message: wrongMailId });
    else users.push({ index, jid: user.jid, input });
    seen.add(jid);
    if (mailId !== "") seenMailIds.add(mailId.toLowerCase());
  }
  return { users, errors };
}

/** The bare JID of a user in a local domain (RFC 7622), or what is wrong with the text. */
export function localUser(
  text: string,
  context: AdminContext,
): { readonly kind: "user"; readonly jid: BareJid } | { readonly kind: "problem"; readonly message: string } {
  const jid = text.includes("/") ? undefined : parseBareJid(text);
  if (jid === undefined || jid.local === "") return { kind: "problem", message: "is not an address like name@domain" };
  const { localDomains } = context.settings.current().document.federation;
  if (!localDomains.includes(jid.domain))
    return { kind: "problem", message: `${jid.domain} is not a local domain (${localDomains.join(", ")})` };
  return { kind: "user", jid };
}

/** What is wrong with an address in the mail domain: its form, or that somebody else has it. Empty is none at all. */
export function mailIdProblem(
  mailId: string,
  { jid, others }: { readonly jid: string; readonly others: readonly AccountRecord[] },
): string | undefined {
  if (mailId === "") return undefined;
  const at = mailId.lastIndexOf("@");
  if (at < 1 || /[\s\p{C}<>"]/u.test(mailId)) return "is not an address like name@domain";
  const wrong = domainNameProblem(normalName(mailId.slice(at + 1)));
  if (wrong !== undefined) return `has a domain that ${wrong}`;
  const holder = others.find((each) => each.jid !== jid && each.mailId?.toLowerCase() === mailId.toLowerCase());
  return holder === undefined ? undefined : `belongs to ${holder.jid}`;
}
