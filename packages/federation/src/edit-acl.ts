import Type from "typebox";
import { AclEntry } from "./admission/acl-entry.ts";
import { aclPatternText, parseAclPattern } from "./admission/acl-pattern.ts";
import {
  type Checked,
  changed,
  checkInput,
  conflict,
  type Edit,
  invalid,
  nextId,
  notFound,
  type Refused,
} from "./edit.ts";
import type { FederationSettings } from "./settings.ts";

const AclInput = Type.Omit(AclEntry, ["id", "origin"], { additionalProperties: false });
type AclInput = Readonly<Type.Static<typeof AclInput>>;

/** Adds an administrator's entry to the incoming access list. */
export function addAclEntry(settings: FederationSettings, input: unknown): Edit<AclEntry> {
  const checked = checkEntry(input);
  if (checked.kind === "refused") return checked;
  const twin = twinOf(settings, checked.value.pattern, undefined);
  if (twin !== undefined) return twin;
  const entry: AclEntry = { id: nextId(settings.incomingAcl), ...checked.value, origin: { kind: "administrator" } };
  return changed({ ...settings, incomingAcl: [...settings.incomingAcl, entry] }, entry);
}

/** Replaces an administrator's entry; one that a federated domain owns is refused (facts R5). */
export function updateAclEntry(settings: FederationSettings, id: string, input: unknown): Edit<AclEntry> {
  const old = editable(settings, id);
  if (old.kind === "refused") return old;
  const checked = checkEntry(input);
  if (checked.kind === "refused") return checked;
  const twin = twinOf(settings, checked.value.pattern, id);
  if (twin !== undefined) return twin;
  const entry: AclEntry = { ...old.entry, ...checked.value };
  const incomingAcl = settings.incomingAcl.map((other) => (other.id === id ? entry : other));
  return changed({ ...settings, incomingAcl }, entry);
}

/** Deletes an administrator's entry; one that a federated domain owns goes only with its domain (facts R6). */
export function deleteAclEntry(settings: FederationSettings, id: string): Edit<AclEntry> {
  const old = editable(settings, id);
  if (old.kind === "refused") return old;
  return changed({ ...settings, incomingAcl: settings.incomingAcl.filter((other) => other.id !== id) }, old.entry);
}

function editable(
  settings: FederationSettings,
  id: string,
): { readonly kind: "entry"; readonly entry: AclEntry } | Refused {
  const entry = settings.incomingAcl.find((other) => other.id === id);
  if (entry === undefined) return notFound("id", `there is no access-list entry ${id}`);
  if (entry.origin.kind === "administrator") return { kind: "entry", entry };
  const { domain } = entry.origin;
  return conflict("acl-entry-owned", "id", `belongs to the SIP federated domain ${domain} and goes only with it`);
}

function checkEntry(input: unknown): Checked<AclInput> {
  const checked = checkInput(AclInput, input, ["id", "origin"]);
  if (checked.kind === "refused") return checked;
  const pattern = parseAclPattern(checked.value.pattern);
  if (pattern.kind === "problem") return invalid([{ path: "pattern", message: pattern.message }]);
  return { kind: "input", value: { ...checked.value, pattern: aclPatternText(pattern) } };
}

function twinOf(settings: FederationSettings, pattern: string, exceptId: string | undefined): Refused | undefined {
  const twin = settings.incomingAcl.find((other) => other.pattern === pattern && other.id !== exceptId);
  return twin && conflict("acl-entry-exists", "pattern", `is already allowed by entry ${twin.id}`);
}
