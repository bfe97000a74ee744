import { DirectorySettings, TraceCollectorSettings } from "@interpres/admin-api";
import { FederationSettings, initialFederationSettings, schemaProblems, settingsProblems } from "@interpres/federation";
import Type from "typebox";
import Value from "typebox/value";
import { PresenceSection } from "../identity/presence-section.ts";
import { WebClientSection } from "../live/web-client-section.ts";
import { ClusterSection } from "./cluster-section.ts";
import { NodeDomains } from "./node-domains.ts";
import { ServiceActivation } from "./service-activation.ts";

/**
 * What the whole cluster agrees on: one immutable document, versioned in the store, one section a concern. Each section
 * but `federation` has a default, so that a document written before the section existed can still be read.
 */
export const ClusterSettings = Type.Object(
  {
    federation: FederationSettings,
    cluster: ClusterSection,
    presence: PresenceSection,
    serviceActivation: ServiceActivation,
    nodeDomains: NodeDomains,
    directory: DirectorySettings,
    traceCollector: TraceCollectorSettings,
    webClient: WebClientSection,
  },
  { additionalProperties: false },
);
export interface ClusterSettings {
  readonly federation: FederationSettings;
  readonly cluster: ClusterSection;
  readonly presence: PresenceSection;
  readonly serviceActivation: ServiceActivation;
  readonly nodeDomains: NodeDomains;
  readonly directory: DirectorySettings;
  readonly traceCollector: TraceCollectorSettings;
  readonly webClient: WebClientSection;
}

/** Where a new cluster starts; the first local domain is the SIP proxy domain. */
export function initialClusterSettings(localDomains: readonly string[]): ClusterSettings {
  const federation = initialFederationSettings(localDomains);
  return completed({ federation, cluster: { sipProxyDomain: localDomains[0] ?? "" } }) as ClusterSettings;
}

/** Narrows a stored document, missing sections filled in; throws with the path of each thing that is wrong. */
export function parseClusterSettings(json: unknown): ClusterSettings {
  if (typeof json !== "object" || json === null || !("federation" in json))
    throw new TypeError("the settings are not a document of this kind");
  const document = completed(json);
  const inFederation = settingsProblems(json.federation).map(({ path, message }) => `federation.${path}: ${message}`);
  const inShape = schemaProblems(ClusterSettings, document)
    .filter(({ path }) => !path.startsWith("federation"))
    .map(({ path, message }) => `${path}: ${message}`);
  const problems = [...inFederation, ...inShape];
  if (problems.length > 0) throw new TypeError(problems.join("; "));
  return document as ClusterSettings;
}

function completed(json: object): unknown {
  return Value.Default(ClusterSettings, structuredClone(json));
}
