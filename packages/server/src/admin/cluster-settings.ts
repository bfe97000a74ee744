import { FederationSettings, initialFederationSettings, settingsProblems } from "@interpres/federation";
import Type from "typebox";

/** What the whole cluster agrees on: one immutable document, versioned in the store. */
export const ClusterSettings = Type.Object({ federation: FederationSettings }, { additionalProperties: false });
export interface ClusterSettings {
  readonly federation: FederationSettings;
}

/** Where a new cluster starts. */
export function initialClusterSettings(localDomains: readonly string[]): ClusterSettings {
  return { federation: initialFederationSettings(localDomains) };
}

/** Narrows a stored document; throws with the path of each thing that is wrong. */
export function parseClusterSettings(json: unknown): ClusterSettings {
  if (typeof json !== "object" || json === null || !("federation" in json))
    throw new TypeError("the settings are not a document of this kind");
  const problems = settingsProblems(json.federation);
  if (problems.length > 0)
    throw new TypeError(problems.map(({ path, message }) => `federation.${path}: ${message}`).join("; "));
  return json as ClusterSettings;
}
