import Type from "typebox";
import {
  type Changed,
  type Checked,
  changed,
  checkInput,
  conflict,
  type Edit,
  invalid,
  notFound,
  type Problem,
  type Refused,
} from "./edit.ts";
import { domainNameProblem, normalName } from "./peer/domain-name.ts";
import type { FederationSettings } from "./settings.ts";
import { comparableName } from "./trust/certificate-name.ts";
import { cipherProblem, ianaCipherName, isCipherAvailable, isTls13Suite } from "./trust/cipher-suites.ts";
import { isSameSubject, PEER_AUTH_CONTEXT, TlsContext, TlsPeerSubject } from "./trust/tls-settings.ts";

const SubjectInput = Type.Omit(TlsPeerSubject, ["origin"], { additionalProperties: false });
type SubjectInput = Readonly<Type.Static<typeof SubjectInput>>;

const SUBJECT_READ_ONLY = ["origin", "selectedIn"];
const CONTEXT_READ_ONLY = ["availableCiphers", "effective"];

/** Defines a peer subject. It has no effect until a context selects it (facts R48). */
export function addTlsPeerSubject(settings: FederationSettings, input: unknown): Edit<TlsPeerSubject> {
  const checked = checkSubject(input);
  if (checked.kind === "refused") return checked;
  if (findSubject(settings, checked.value.name) !== undefined)
    return conflict("tls-peer-subject-exists", "name", `${checked.value.name} is already a peer subject`);
  const subject: TlsPeerSubject = { ...checked.value, origin: "administrator" };
  return defined(settings, subject);
}

/** Defines the CN of an imported trust certificate as a peer subject (facts R43); once is enough. */
export function importTlsPeerSubject(settings: FederationSettings, commonName: string): Edit<TlsPeerSubject> {
  const known = findSubject(settings, commonName);
  if (known !== undefined) return changed(settings, known, selectionWarnings(settings, known));
  const checked = checkSubject({ name: commonName });
  if (checked.kind === "refused") return checked;
  return defined(settings, { ...checked.value, origin: "certificate-import" });
}

function defined(settings: FederationSettings, subject: TlsPeerSubject): Changed<TlsPeerSubject> {
  const next = { ...settings, tlsPeerSubjects: [...settings.tlsPeerSubjects, subject] };
  return changed(next, subject, selectionWarnings(next, subject));
}

/** What keeps a subject from having any effect. */
function selectionWarnings(settings: FederationSettings, { name }: TlsPeerSubject): readonly Problem[] {
  const warnings: Problem[] = [];
  if (contextsSelecting(settings, name).length === 0)
    warnings.push({
      path: "selectedIn",
      message: `is defined but not selected, so it has no effect; add ${name} to peerSubjects of ${PEER_AUTH_CONTEXT}`,
    });
  if (name.includes("*"))
    warnings.push({ path: "name", message: "is compared whole: * stands for itself and matches no other name" });
  return warnings;
}

/** Replaces what is said of a peer subject; its name stays. */
export function updateTlsPeerSubject(settings: FederationSettings, name: string, input: unknown): Edit<TlsPeerSubject> {
  const old = findSubject(settings, name);
  if (old === undefined) return unknownSubject(name);
  const checked = checkSubject({ name: old.name, ...(typeof input === "object" ? input : {}) });
  if (checked.kind === "refused") return checked;
  if (!isSameSubject(checked.value.name, old.name))
    return invalid([{ path: "name", message: "cannot be renamed; add the new subject and delete the old one" }]);
  const subject: TlsPeerSubject = { ...checked.value, name: old.name, origin: old.origin };
  const tlsPeerSubjects = settings.tlsPeerSubjects.map((other) => (other === old ? subject : other));
  const next = { ...settings, tlsPeerSubjects };
  return changed(next, subject, selectionWarnings(next, subject));
}

/** Deletes a peer subject that no context has selected. */
export function deleteTlsPeerSubject(settings: FederationSettings, name: string): Edit<TlsPeerSubject> {
  const old = findSubject(settings, name);
  if (old === undefined) return unknownSubject(name);
  const contexts = contextsSelecting(settings, old.name);
  if (contexts.length > 0)
    return conflict(
      "tls-peer-subject-selected",
      "name",
      `is selected in ${contexts.join(", ")}; take it out there first`,
    );
  const tlsPeerSubjects = settings.tlsPeerSubjects.filter((other) => other !== old);
  return changed({ ...settings, tlsPeerSubjects }, old);
}

/** The contexts that accept a peer subject: `selectedIn` of the contract. */
export function contextsSelecting(settings: FederationSettings, subject: string): readonly string[] {
  return settings.tlsContexts
    .filter((context) => context.peerSubjects.some((selected) => isSameSubject(selected, subject)))
    .map((context) => context.name);
}

/** Replaces a predefined context; there are no others. Cipher suites are taken by IANA or OpenSSL name, stored by IANA name. */
export function updateTlsContext(settings: FederationSettings, name: string, input: unknown): Edit<TlsContext> {
  const old = settings.tlsContexts.find((context) => context.name === name);
  if (old === undefined) return notFound("name", `there is no TLS context ${name}`);
  const checked = checkInput(TlsContext, { ...old, ...(typeof input === "object" ? input : {}) }, CONTEXT_READ_ONLY);
  if (checked.kind === "refused") return checked;
  if (checked.value.name !== name) return invalid([{ path: "name", message: "is predefined and cannot be changed" }]);
  const context: TlsContext = {
    ...checked.value,
    ciphers: unique(checked.value.ciphers.map((cipher) => ianaCipherName(cipher) ?? cipher)),
    peerSubjects: unique(definedNames(settings, checked.value.peerSubjects)),
  };
  const errors = [...cipherProblems(checked.value.ciphers), ...choiceProblems(settings, context)];
  if (errors.length > 0) return invalid(errors);
  const tlsContexts = settings.tlsContexts.map((other) => (other === old ? context : other));
  return changed({ ...settings, tlsContexts }, context);
}

/**
 * What is wrong with a context in stored form. A suite this runtime has lost is no fault there, since another runtime may
 * have had it: it is left out of what is done.
 */
export function contextProblems(settings: FederationSettings, context: TlsContext): readonly Problem[] {
  const unknown = context.ciphers.flatMap((cipher, index) =>
    ianaCipherName(cipher) === cipher ? [] : [{ path: `ciphers.${index}`, message: `${cipher} is not known here` }],
  );
  const none = { path: "ciphers", message: "has no suite that this runtime's TLS library has" };
  const hasOne = context.ciphers.some(isCipherAvailable);
  return [...unknown, ...(hasOne ? [] : [none]), ...choiceProblems(settings, context)];
}

/** Subjects that are not defined, versions that contradict each other or the suites. */
function choiceProblems(settings: FederationSettings, context: TlsContext): readonly Problem[] {
  const defined = new Set(settings.tlsPeerSubjects.map((subject) => comparableName(subject.name)));
  const undefinedSubjects = context.peerSubjects.flatMap((subject, index) =>
    defined.has(comparableName(subject))
      ? []
      : [{ path: `peerSubjects.${index}`, message: `${subject} is not a TLS peer subject` }],
  );
  return [...undefinedSubjects, ...versionProblems(context)];
}

function cipherProblems(ciphers: readonly string[]): readonly Problem[] {
  return ciphers.flatMap((cipher, index) => {
    const message = cipherProblem(cipher);
    return message === undefined ? [] : [{ path: `ciphers.${index}`, message }];
  });
}

function versionProblems(context: TlsContext): readonly Problem[] {
  if (context.minVersion > context.maxVersion)
    return [{ path: "minVersion", message: `is above maxVersion ${context.maxVersion}` }];
  if (context.maxVersion !== "TLSv1.3" && context.ciphers.every(isTls13Suite))
    return [
      { path: "ciphers", message: `has only suites of TLS 1.3, which maxVersion ${context.maxVersion} excludes` },
    ];
  if (context.minVersion === "TLSv1.3" && !context.ciphers.some(isTls13Suite))
    return [{ path: "ciphers", message: "has no suite of TLS 1.3, which minVersion requires" }];
  return [];
}

/** Subjects as they were written when they were defined. */
function definedNames({ tlsPeerSubjects }: FederationSettings, selected: readonly string[]): readonly string[] {
  const written = new Map(tlsPeerSubjects.map((subject) => [comparableName(subject.name), subject.name]));
  return selected.map((name) => written.get(comparableName(name)) ?? name);
}

function findSubject(settings: FederationSettings, name: string): TlsPeerSubject | undefined {
  return settings.tlsPeerSubjects.find((subject) => isSameSubject(subject.name, name));
}

function unknownSubject(name: string): Refused {
  return notFound("name", `${name} is not a TLS peer subject`);
}

function checkSubject(input: unknown): Checked<SubjectInput> {
  const checked = checkInput(SubjectInput, input, SUBJECT_READ_ONLY);
  if (checked.kind === "refused") return checked;
  const { speaksFor, ...rest } = checked.value;
  const subject = { ...rest, name: rest.name.trim() };
  const value = speaksFor === undefined ? subject : { ...subject, speaksFor: unique(speaksFor.map(normalName)) };
  const errors = subjectProblems(value);
  return errors.length === 0 ? { kind: "input", value } : invalid(errors);
}

/** What is wrong with a peer subject by itself. A CN is free text, but never one that hides something. */
export function subjectProblems(subject: SubjectInput): readonly Problem[] {
  const errors: Problem[] = [];
  if (subject.name === "") errors.push({ path: "name", message: "must not be empty" });
  if (/\p{C}/u.test(subject.name)) errors.push({ path: "name", message: "must not hold control characters" });
  for (const [index, domain] of (subject.speaksFor ?? []).entries()) {
    const wrong = domainNameProblem(domain);
    if (wrong !== undefined) errors.push({ path: `speaksFor.${index}`, message: wrong });
  }
  return errors;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
