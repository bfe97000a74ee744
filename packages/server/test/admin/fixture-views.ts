import type { EffectiveTls } from "@interpres/admin-api";
import { checkRecords, federationName, lookUpPeer, RecordWatch } from "@interpres/federation";
import type { Clock, Random, Resolver } from "@interpres/runtime";
import type { SettingsStore } from "@interpres/store";
import type { DnsView } from "../../src/admin/admin-context.ts";
import type { ClusterSettings } from "../../src/admin/node/cluster-settings.ts";

/** What a context comes to on a node that has just started. */
export const effectiveTls: EffectiveTls = {
  ciphers: ["TLS_AES_256_GCM_SHA384"],
  inboundCiphers: ["TLS_AES_256_GCM_SHA384"],
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.3",
  emptyFragmentsDisabled: false,
  securityLevel: 2,
  usedBy: ["sipTls"],
  generation: 1,
  since: "2026-01-05T08:00:00.000Z",
  openConnections: { current: 0, older: 0, draining: 0 },
};

interface DnsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly zone: Resolver;
  readonly settings: SettingsStore<ClusterSettings>;
}

/** DNS as the node sees it, in a zone of the test's. */
export function dnsView({ clock, random, zone, settings }: DnsParts): DnsView {
  const publication = () => {
    const { localDomains, serviceParameters } = settings.current().document.federation;
    const fqdn = serviceParameters["sip-proxy"].federationRoutingFqdn || "imp1.example.com";
    return { fqdn, port: 5061, domains: localDomains.map((domain) => ({ domain, kind: "local" }) as const) };
  };
  const records = new RecordWatch({ clock, random, check: () => checkRecords(publication(), zone) });
  return {
    check: () => records.check(),
    latest: () => records.latest,
    peer: (domain) => lookUpPeer([federationName(domain)], zone),
  };
}
