import { type LampName, lampNames } from "@interpres/admin-api";
import type { LabelledValue, Metrics } from "@interpres/runtime";
import type { Connection } from "@interpres/sip";
import type { FederationLamps, LampView } from "./lamps/federation-lamps.ts";

interface Sources {
  readonly lamps: Pick<FederationLamps, "of">;
  /** The federated domains. */
  readonly domains: () => readonly string[];
  readonly connections: () => readonly Pick<Connection, "protocol" | "direction" | "identity" | "tls">[];
}

const VALUE: Readonly<Record<LampView["state"], number | undefined>> = { ok: 1, failing: 0, idle: undefined };

/** What a monitoring system watches of each peer, read when it asks. Labels are federated domains and names of selected certificates. */
export function federationMetrics(metrics: Metrics, { lamps, domains, connections }: Sources): void {
  metrics.gauge(
    "interpres_federation_lamp",
    "Whether what passed last between a domain and us succeeded (1) or failed (0); missing where nothing has passed",
    () => domains().flatMap((domain) => lampValues(domain, lamps)),
    ["peer", "lamp"],
  );
  metrics.gauge(
    "interpres_federation_connections",
    "Open SIP connections by the name in the peer's certificate and by what they are secured with",
    () => counted(connections()),
    ["peer", "direction", "tls_version"],
  );
}

function lampValues(domain: string, lamps: Sources["lamps"]): readonly LabelledValue[] {
  return lampNames.flatMap((lamp: LampName) => {
    const value = VALUE[lamps.of(domain)?.lamps[lamp].state ?? "idle"];
    return value === undefined ? [] : [{ labels: { peer: domain, lamp }, value }];
  });
}

/** Without TLS nothing proves a name, and addresses are no labels. */
function counted(connections: ReturnType<Sources["connections"]>): readonly LabelledValue[] {
  const groups = Map.groupBy(connections, ({ protocol, direction, identity, tls }) =>
    JSON.stringify({
      peer: tls === undefined ? "" : (identity?.label ?? ""),
      direction,
      tls_version: tls?.version ?? protocol,
    }),
  );
  return [...groups].map(([labels, members]) => ({ labels: JSON.parse(labels), value: members.length }));
}
