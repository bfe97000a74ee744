import type { EffectiveTls } from "@interpres/admin-api";
import {
  checkRecords,
  Federation,
  federationName,
  lookUpPeer,
  type Passages,
  RecordWatch,
} from "@interpres/federation";
import { type Clock, type Random, type Resolver, silentLogger, silentMetrics } from "@interpres/runtime";
import type { PassageTable, SettingsStore } from "@interpres/store";
import type { DnsView, PolicyView } from "../../src/admin/admin-context.ts";
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

interface PolicyParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly zone: Resolver;
  readonly store: { readonly settings: SettingsStore<ClusterSettings>; readonly passages: PassageTable };
  readonly passages: Passages;
}

/** The decisions of a real federation, whose settings in force are those that are saved. */
export function policyView({ clock, random, zone, store, passages }: PolicyParts): PolicyView {
  const saved = () => store.settings.current().document.federation;
  const federation = new Federation({
    settings: saved,
    nodeFqdn: () => "imp1.example.com",
    certificates: { own: () => ({ chainPem: "", keyPem: "" }), trusted: () => [], onChange: () => undefined },
    targets: { isLocalDomain: () => true, addressee: () => ({ kind: "account" }) },
    resolver: zone,
    clock,
    random,
    decisions: { record: () => undefined },
    log: silentLogger,
    metrics: silentMetrics,
    passages,
  });
  store.passages.collect(() => passages.drain());
  return { simulate: (settings = saved()) => federation.simulate(settings), passages: store.passages };
}
