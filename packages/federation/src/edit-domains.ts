import Type from "typebox";
import type { Problem } from "./edit.ts";
import {
  type Changed,
  type Checked,
  changed,
  checkInput,
  conflict,
  type Edit,
  invalid,
  nextId,
  notFound,
} from "./edit.ts";
import { servedDomains } from "./edit-attachments.ts";
import { chosenDialect, overrideProblems } from "./edit-dialects.ts";
import type { AttachmentSettings } from "./peer/attachment.ts";
import { domainAliases } from "./peer/domain-aliases.ts";
import { domainNameProblem, normalName } from "./peer/domain-name.ts";
import { SipFederatedDomain } from "./peer/sip-federated-domain.ts";
import type { FederationSettings } from "./settings.ts";

const DomainInput = Type.Omit(SipFederatedDomain, ["createdAt"], { additionalProperties: false });
type DomainInput = Readonly<Type.Static<typeof DomainInput>>;

/** Adds a federated domain and, in the same snapshot, the access-list entry it owns (facts R4). `createdAt` in milliseconds. */
export function addDomain(settings: FederationSettings, input: unknown, createdAt?: number): Edit<SipFederatedDomain> {
  const checked = checkDomain(input);
  if (checked.kind === "refused") return checked;
  const entry = createdAt === undefined ? checked.value : { ...checked.value, createdAt };
  if (servedDomains(settings).includes(entry.domain))
    return conflict("domain-is-local", "domain", `${entry.domain} is served here and cannot be foreign`);
  if (findDomain(settings, entry.domain) !== undefined)
    return conflict("domain-exists", "domain", `${entry.domain} is already federated`);
  const next = { ...settings, sipFederatedDomains: [...settings.sipFederatedDomains, entry] };
  return changed(withEntryOf(next, entry), entry, domainWarnings(settings, entry));
}

/** Gives each federated domain that has no access-list entry of its own the one it would have been added with. */
export function withOwnedEntries(settings: FederationSettings): FederationSettings {
  const owners = new Set(
    settings.incomingAcl.flatMap(({ origin }) => (origin.kind === "sip-federated-domain" ? [origin.domain] : [])),
  );
  const bare = settings.sipFederatedDomains.filter(
    ({ domain }) => !owners.has(domain) && domainNameProblem(domain) === undefined,
  );
  const once = new Map(bare.map((entry) => [entry.domain, entry]));
  return [...once.values()].reduce(withEntryOf, settings);
}

function withEntryOf(settings: FederationSettings, { domain, description }: SipFederatedDomain): FederationSettings {
  const origin = { kind: "sip-federated-domain", domain } as const;
  const entry = { id: nextId(settings.incomingAcl), pattern: `Allow from ${domain}`, description, origin };
  return { ...settings, incomingAcl: [...settings.incomingAcl, entry] };
}

/** Replaces what is said of a domain; its name stays. The description of its access-list entry follows. */
export function updateDomain(settings: FederationSettings, name: string, input: unknown): Edit<SipFederatedDomain> {
  const domain = normalName(name);
  const old = findDomain(settings, domain);
  if (old === undefined) return unknownDomain(domain);
  const checked = checkDomain({ domain, ...(typeof input === "object" ? input : {}) });
  if (checked.kind === "refused") return checked;
  if (checked.value.domain !== domain)
    return invalid([{ path: "domain", message: "cannot be renamed; add the new domain and delete the old one" }]);
  const [misfit] = overrideProblems(chosenDialect(settings, domain), checked.value.integrationType);
  if (misfit !== undefined)
    return conflict("dialect-does-not-fit", "integrationType", `its dialect: ${misfit.path}: ${misfit.message}`);
  const entry = old.createdAt === undefined ? checked.value : { ...checked.value, createdAt: old.createdAt };
  const next = {
    ...settings,
    sipFederatedDomains: settings.sipFederatedDomains.map((other) => (other === old ? entry : other)),
    incomingAcl: settings.incomingAcl.map((acl) =>
      isOwnedBy(acl.origin, domain) ? { ...acl, description: entry.description } : acl,
    ),
  };
  return changed(next, entry, domainWarnings(settings, entry));
}

/** Deletes a domain with everything that exists for its sake: its access-list entry, dialect override and bindings (R6). */
export function deleteDomain(settings: FederationSettings, name: string): Edit<SipFederatedDomain> {
  const domain = normalName(name);
  const old = findDomain(settings, domain);
  if (old === undefined) return unknownDomain(domain);
  return changed(withoutDomain(settings, domain), old);
}

function withoutDomain(settings: FederationSettings, domain: string): FederationSettings {
  const { dialectOverrides, attachments, ...rest } = settings;
  return {
    ...rest,
    sipFederatedDomains: settings.sipFederatedDomains.filter((entry) => entry.domain !== domain),
    incomingAcl: settings.incomingAcl.filter((acl) => !isOwnedBy(acl.origin, domain)),
    tlsPeerSubjects: settings.tlsPeerSubjects.map((subject) =>
      subject.speaksFor === undefined
        ? subject
        : { ...subject, speaksFor: subject.speaksFor.filter((spoken) => spoken !== domain) },
    ),
    ...(dialectOverrides === undefined
      ? {}
      : { dialectOverrides: dialectOverrides.filter((override) => override.domain !== domain) }),
    ...(attachments === undefined ? {} : { attachments: attachments.map((each) => withoutComponent(each, domain)) }),
  };
}

function withoutComponent(attachment: AttachmentSettings, domain: string): AttachmentSettings {
  return { ...attachment, components: attachment.components.filter((component) => component !== domain) };
}

function isOwnedBy(origin: FederationSettings["incomingAcl"][number]["origin"], domain: string): boolean {
  return origin.kind === "sip-federated-domain" && origin.domain === domain;
}

function findDomain(settings: FederationSettings, domain: string): SipFederatedDomain | undefined {
  return settings.sipFederatedDomains.find((entry) => entry.domain === domain);
}

function unknownDomain(domain: string): ReturnType<typeof notFound> {
  return notFound("domain", `${domain} is not a federated domain`);
}

function checkDomain(input: unknown): Checked<DomainInput> {
  const checked = checkInput(DomainInput, input, ["createdAt"]);
  if (checked.kind === "refused") return checked;
  const value = { ...checked.value, domain: normalName(checked.value.domain) };
  const errors = domainProblems(value);
  return errors.length === 0 ? { kind: "input", value } : invalid(errors);
}

/** What is wrong with a domain taken by itself (facts R11, contract §4). */
export function domainProblems(entry: DomainInput): readonly Problem[] {
  const errors: Problem[] = [];
  const wrong = domainNameProblem(entry.domain);
  if (wrong !== undefined) errors.push({ path: "domain", message: wrong });
  if (entry.directFederation && entry.integrationType !== "microsoft")
    errors.push({ path: "directFederation", message: "is for the integration type microsoft only" });
  return errors;
}

function domainWarnings(settings: FederationSettings, entry: DomainInput): Changed<unknown>["warnings"] {
  const known = domainAliases.find(({ alias }) => alias === entry.domain);
  if (entry.integrationType !== "aol" || known === undefined) return [];
  const advice =
    findDomain(settings, known.domain) === undefined ? `add ${known.domain} instead` : "this is not needed";
  const message = `users of ${known.alias} are reachable at ${known.domain}, of which one entry is enough: ${advice}`;
  return [{ path: "domain", message }];
}
