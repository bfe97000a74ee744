import Type from "typebox";
import { type Checked, changed, checkInput, conflict, type Edit, invalid, notFound, type Problem } from "./edit.ts";
import { AttachmentSettings } from "./peer/attachment.ts";
import { domainNameProblem, hostProblem, normalName } from "./peer/domain-name.ts";
import type { FederationSettings } from "./settings.ts";

const AttachmentInput = Type.Omit(AttachmentSettings, ["secretSetAt"], { additionalProperties: false });
type AttachmentInput = Readonly<Type.Static<typeof AttachmentInput>>;

/** What a reader is shown beside what can be written; `secret` is read by whoever keeps it. */
const READ_ONLY = ["links", "secretSetAt", "secret"];

/** Every domain whose users are ours or those of an attached server: never a foreign one. */
export function servedDomains({ localDomains, attachments = [] }: FederationSettings): readonly string[] {
  return attachments.length === 0
    ? localDomains
    : [...localDomains, ...attachments.flatMap((attachment) => attachment.localDomains)];
}

/** Attaches us to a server. `secretSetAt`, in milliseconds: its secret is set now. */
export function addAttachment(
  settings: FederationSettings,
  input: unknown,
  secretSetAt: number,
): Edit<AttachmentSettings> {
  const checked = checkAttachment(input);
  if (checked.kind === "refused") return checked;
  const entry = { ...checked.value, secretSetAt };
  if (found(settings, entry.name) !== undefined)
    return conflict("attachment-exists", "name", `there is an attachment ${entry.name}`);
  return put(settings, entry, [...(settings.attachments ?? []), entry]);
}

/** Replaces an attachment; its name stays. Without `secretSetAt` the secret does too. */
export function updateAttachment(
  settings: FederationSettings,
  name: string,
  { input, secretSetAt }: { readonly input: unknown; readonly secretSetAt?: number | undefined },
): Edit<AttachmentSettings> {
  const old = found(settings, name);
  if (old === undefined) return unknown(name);
  const checked = checkAttachment({ name, ...(typeof input === "object" ? input : {}) });
  if (checked.kind === "refused") return checked;
  if (checked.value.name !== name)
    return invalid([{ path: "name", message: "cannot be changed; add another attachment and delete this one" }]);
  const setAt = secretSetAt ?? old.secretSetAt;
  const entry = { ...checked.value, ...(setAt === undefined ? {} : { secretSetAt: setAt }) };
  return put(
    settings,
    entry,
    (settings.attachments ?? []).map((other) => (other === old ? entry : other)),
  );
}

export function deleteAttachment(settings: FederationSettings, name: string): Edit<AttachmentSettings> {
  const old = found(settings, name);
  if (old === undefined) return unknown(name);
  return changed({ ...settings, attachments: (settings.attachments ?? []).filter((other) => other !== old) }, old);
}

/** What is wrong with an attachment taken by itself. */
export function attachmentProblems({ host, localDomains, components }: AttachmentInput): readonly Problem[] {
  const wrongHost = hostProblem(host);
  return [
    ...(wrongHost === undefined ? [] : [{ path: "host", message: wrongHost }]),
    ...localDomains.flatMap((domain, index) => named(domain, `localDomains.${index}`)),
    ...components.flatMap((domain, index) => named(domain, `components.${index}`)),
    ...twice(localDomains, "localDomains"),
    ...twice(components, "components"),
  ];
}

/** What is wrong between one attachment and the rest of the settings: domains that are somebody else's. */
export function attachmentRelations(entry: AttachmentInput, settings: FederationSettings): readonly Problem[] {
  const foreign = new Set(settings.sipFederatedDomains.map(({ domain }) => domain));
  const elsewhere = servedDomains({
    ...settings,
    attachments: (settings.attachments ?? []).filter(({ name }) => name !== entry.name),
  });
  const ofUsers = entry.localDomains.flatMap((domain, index) => {
    const path = `localDomains.${index}`;
    if (foreign.has(domain)) return [{ path, message: `${domain} is a SIP federated domain` }];
    return elsewhere.includes(domain) ? [{ path, message: `${domain} is served elsewhere already` }] : [];
  });
  const ofContacts = entry.components.flatMap((domain, index) =>
    foreign.has(domain) ? [] : [{ path: `components.${index}`, message: `${domain} is not a federated domain` }],
  );
  return [...ofUsers, ...ofContacts];
}

function put(
  settings: FederationSettings,
  entry: AttachmentSettings,
  attachments: readonly AttachmentSettings[],
): Edit<AttachmentSettings> {
  const errors = attachmentRelations(entry, settings);
  return errors.length > 0 ? invalid(errors) : changed({ ...settings, attachments }, entry);
}

function checkAttachment(input: unknown): Checked<AttachmentInput> {
  const checked = checkInput(AttachmentInput, input, READ_ONLY);
  if (checked.kind === "refused") return checked;
  const { host, localDomains, components } = checked.value;
  const value = {
    ...checked.value,
    host: normalName(host),
    localDomains: localDomains.map(normalName),
    components: components.map(normalName),
  };
  const errors = attachmentProblems(value);
  return errors.length === 0 ? { kind: "input", value } : invalid(errors);
}

function found({ attachments = [] }: FederationSettings, name: string): AttachmentSettings | undefined {
  return attachments.find((attachment) => attachment.name === name);
}

function unknown(name: string) {
  return notFound("name", `there is no attachment ${name}`);
}

function named(domain: string, path: string): readonly Problem[] {
  const message = domainNameProblem(domain);
  return message === undefined ? [] : [{ path, message }];
}

function twice(domains: readonly string[], key: string): readonly Problem[] {
  return domains.flatMap((domain, index) =>
    domains.indexOf(domain) === index ? [] : [{ path: `${key}.${index}`, message: `${domain} is there twice` }],
  );
}
