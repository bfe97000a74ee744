import type { X509Certificate } from "node:crypto";
import { CONFIG_FORMAT, type ConfigDocument, type FieldProblem } from "@interpres/admin-api";
import { schemaProblems, withOwnedEntries } from "@interpres/federation";
import type { TrustedCertificate } from "@interpres/store";
import Type from "typebox";
import Value from "typebox/value";
import { fingerprintOf, readCertificates } from "../trust/certificate-facts.ts";
import { ClusterSettings } from "./cluster-settings.ts";

/** What a document can say: the settings, but for what belongs to one node with its certificates, and whom we trust. */
export interface Configured {
  readonly settings: ClusterSettings;
  readonly trusted: readonly Omit<TrustedCertificate, "addedAt">[];
}

/** Sections of the settings that a document carries. The domain of a node is changed with its certificates, not here. */
const { nodeDomains: _ofNodes, ...SECTIONS } = ClusterSettings.properties;
type Section = keyof typeof SECTIONS;
const sectionNames = Object.keys(SECTIONS) as readonly Section[];

const TrustSection = Type.Array(
  Type.Object(
    {
      description: Type.String({ maxLength: 255, default: "" }),
      pem: Type.String({ minLength: 1, maxLength: 65_536 }),
    },
    { additionalProperties: false },
  ),
  { maxItems: 10_000 },
);

/** The configuration as one document, in an order people read it in. */
export function documentOf({ settings, trusted }: Configured): ConfigDocument {
  const sections = sectionNames.map((name) => [name, settings[name]] as const);
  const trustCertificates = trusted.map(({ description, pem }) => ({ description, pem }));
  return { format: CONFIG_FORMAT, ...Object.fromEntries(sections), trustCertificates };
}

export type ReadDocument =
  | ({ readonly kind: "configured" } & Configured)
  | { readonly kind: "problems"; readonly problems: readonly FieldProblem[] };

/**
 * Reads a document by its shape: what it leaves away within a section has its default, a section that is not there stays
 * as it is in `present`. A federated domain without an access-list entry gets its own, as when it is added.
 */
export function readDocument(document: unknown, present: Configured): ReadDocument {
  if (typeof document !== "object" || document === null || Array.isArray(document))
    return refused([{ path: "", message: "is no document of sections" }]);
  const given = structuredClone(document) as Record<string, unknown>;
  const problems = [...formatProblems(given.format), ...unknownSections(given)];
  const sections: Record<string, unknown> = {};
  for (const name of sectionNames) {
    if (!Object.hasOwn(given, name)) continue;
    sections[name] = Value.Default(SECTIONS[name], given[name]);
    problems.push(...below(name, schemaProblems(SECTIONS[name], sections[name])));
  }
  const trust = Object.hasOwn(given, "trustCertificates") ? readTrust(given.trustCertificates) : present.trusted;
  if ("problems" in trust) problems.push(...trust.problems);
  if (problems.length > 0 || "problems" in trust) return refused(problems);
  const settings = { ...present.settings, ...sections } as ClusterSettings;
  const federation = withOwnedEntries(settings.federation);
  return { kind: "configured", settings: { ...settings, federation }, trusted: trust };
}

/** Paths of problems within a section, from the top of the document. */
export function below(section: string, problems: readonly FieldProblem[]): readonly FieldProblem[] {
  return problems.map(({ path, message }) => ({ path: path === "" ? section : `${section}.${path}`, message }));
}

function refused(problems: readonly FieldProblem[]): ReadDocument {
  return { kind: "problems", problems };
}

function formatProblems(format: unknown): readonly FieldProblem[] {
  if (format === undefined || format === CONFIG_FORMAT) return [];
  const isLater = typeof format === "number" && format > CONFIG_FORMAT;
  const message = isLater ? "was written by a later release than this one" : `must be ${CONFIG_FORMAT}`;
  return [{ path: "format", message }];
}

function unknownSections(given: Readonly<Record<string, unknown>>): readonly FieldProblem[] {
  const known: readonly string[] = [...sectionNames, "format", "trustCertificates"];
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((path) => ({ path, message: "unknown key" }));
}

function readTrust(given: unknown): Configured["trusted"] | { readonly problems: readonly FieldProblem[] } {
  const completed = Value.Default(TrustSection, given);
  const wrong = schemaProblems(TrustSection, completed);
  if (wrong.length > 0) return { problems: below("trustCertificates", wrong) };
  const problems: FieldProblem[] = [];
  const trusted = new Map<string, Configured["trusted"][number]>();
  for (const [index, { pem, description }] of (completed as Type.Static<typeof TrustSection>).entries()) {
    const certificate = oneCertificate(pem);
    const path = `trustCertificates.${index}.pem`;
    if (typeof certificate === "string") problems.push({ path, message: certificate });
    else if (trusted.has(fingerprintOf(certificate))) problems.push({ path, message: "is there twice" });
    else
      trusted.set(fingerprintOf(certificate), {
        id: fingerprintOf(certificate),
        pem: certificate.toString(),
        description,
      });
  }
  return problems.length > 0 ? { problems } : [...trusted.values()];
}

/** The certificate, or what is wrong with the text. */
function oneCertificate(pem: string): X509Certificate | string {
  const read = readCertificates(pem);
  if (read.kind === "problem") return read.message;
  const [certificate, ...more] = read.certificates;
  return more.length === 0 ? certificate : "holds several certificates; an entry holds one";
}
