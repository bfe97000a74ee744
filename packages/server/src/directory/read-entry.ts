import type { DirectoryAttributes, DirectorySettings } from "@interpres/admin-api";
import { isMailAddress, readMailAddress } from "@interpres/interworking";
import { type BareJid, escapeLocal, makeBare } from "@interpres/xmpp";
import type { DirectoryEntry } from "./directory-source.ts";

/** What an entry says of a user. */
export interface Candidate {
  readonly key: string;
  readonly dn: string;
  readonly jid: BareJid;
  readonly displayName?: string;
  readonly mailId?: string;
  /** Whether the directory lets her in. */
  readonly isEnabled: boolean;
  /** What was left away, and why. */
  readonly remarks: readonly string[];
}

/** An entry once read. */
export type ReadEntry = Pick<DirectoryEntry, "dn" | "key"> & Reading;

type Reading =
  | { readonly kind: "candidate"; readonly candidate: Candidate }
  /** The entry cannot be a user. */
  | { readonly kind: "problem"; readonly reason: string };

const MAX_NAME_CHARACTERS = 255;
const MAX_ADDRESS_CHARACTERS = 320;

/** What entries are read by. */
export interface EntryRules {
  readonly settings: DirectorySettings;
  /** Why a Mail ID may not be in a domain, given in lower case. */
  readonly mailDomainProblem: (domain: string) => string | undefined;
}

/** Reads one entry by the attribute map of the settings; some tens of microseconds. */
export function readEntry(entry: DirectoryEntry, rules: EntryRules): ReadEntry {
  const { dn, key } = entry;
  return { dn, key, ...readingOf(entry, rules) };
}

function readingOf(entry: DirectoryEntry, { settings, mailDomainProblem }: EntryRules): Reading {
  const { attributes, domain } = settings;
  const first = (name: string): string => (entry.attributes.get(name.toLowerCase())?.[0] ?? "").trim();
  if (entry.key === undefined) return problem(`has no ${attributes.key}, so that a rename could not be told`);
  const local = first(attributes.localPart);
  if (local === "") return problem(`has no ${attributes.localPart}`);
  const jid = jidOf(local, domain);
  if (jid === undefined) return problem(`${attributes.localPart} "${local}" is no local part of a JID`);
  const displayName = first(attributes.displayName);
  const mailId = first(attributes.mailId);
  const [wrongName, wrongMailId] = [displayNameProblem(displayName), mailIdProblem(mailId, mailDomainProblem)];
  const candidate = {
    key: entry.key,
    dn: entry.dn,
    jid,
    ...(displayName === "" || wrongName !== undefined ? {} : { displayName }),
    ...(mailId === "" || wrongMailId !== undefined ? {} : { mailId }),
    isEnabled: !isDisabled(entry, attributes),
    remarks: [
      ...remark(attributes.displayName, displayName, wrongName),
      ...remark(attributes.mailId, mailId, wrongMailId),
    ],
  };
  return { kind: "candidate", candidate };
}

/** Characters no local part may have are escaped (XEP-0106 §4), but what reads like a whole address is a mistake in the map. */
function jidOf(local: string, domain: string): BareJid | undefined {
  const escaped = local.includes("@") ? undefined : escapeLocal(local);
  const jid = escaped === undefined ? undefined : makeBare(escaped, domain);
  return jid?.local === "" ? undefined : jid;
}

function problem(reason: string): Reading {
  return { kind: "problem", reason };
}

function remark(attribute: string, value: string, wrong: string | undefined): readonly string[] {
  return wrong === undefined
    ? []
    : [`${attribute} "${value.slice(0, MAX_NAME_CHARACTERS)}" ${wrong} and was left away`];
}

function displayNameProblem(text: string): string | undefined {
  return text.length > MAX_NAME_CHARACTERS ? `has more than ${MAX_NAME_CHARACTERS} characters` : undefined;
}

function mailIdProblem(mailId: string, domainProblem: EntryRules["mailDomainProblem"]): string | undefined {
  if (mailId === "") return undefined;
  if (mailId.length > MAX_ADDRESS_CHARACTERS) return `has more than ${MAX_ADDRESS_CHARACTERS} characters`;
  const reading = readMailAddress(mailId);
  return isMailAddress(reading) ? domainProblem(reading.domain) : reading.message;
}

/** Set bits of a number, as in Active Directory's userAccountControl, or a Boolean (RFC 4517 §3.3.3). */
function isDisabled(entry: DirectoryEntry, { disabled }: DirectoryAttributes): boolean {
  if (disabled === null) return false;
  const [value = ""] = entry.attributes.get(disabled.attribute.toLowerCase()) ?? [];
  if (disabled.bits === null) return value.toUpperCase() === "TRUE";
  return /^-?\d{1,10}$/.test(value) && (Number(value) & disabled.bits) !== 0;
}
