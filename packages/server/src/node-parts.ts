import type { Federation, FederationSettings, PeerDirectory } from "@interpres/federation";
import type { JournalEntry, ReceiptRow, WatchRow } from "@interpres/interworking";
import type {
  Clock,
  DecisionRing,
  FlowTap,
  Logger,
  MetricsRegistry,
  Random,
  Resolver,
  Turns,
} from "@interpres/runtime";
import type { LocalIdentity, NextHop, TransactionLayer, TransportLayer, UserAgentCore } from "@interpres/sip";
import type { DecisionHistory, Store } from "@interpres/store";
import type { PresenceSection } from "./admin/identity/presence-section.ts";
import type { ClusterSettings } from "./admin/node/cluster-settings.ts";
import type { ConfiguredNode } from "./admin/node/node-domains.ts";
import type { CertificateFiles } from "./admin/trust/certificate-files.ts";
import type { PeerCertificates } from "./admin/trust/peer-certificates.ts";
import type { FederationLamps } from "./lamps/federation-lamps.ts";
import type { TrafficHistory } from "./lamps/traffic-history.ts";
import type { BoundPorts } from "./services/listener.ts";
import type { RunningSettings } from "./services/running-settings.ts";
import type { NodeSettings } from "./settings.ts";
import type { DecisionFeed } from "./trace/decision-feed.ts";
import type { FlowHistory } from "./trace/flow-history.ts";
import type { TraceExporter } from "./trace/trace-exporter.ts";

/** What a node stands on; a test or the demo may give its own. */
export interface NodePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly tap?: FlowTap;
  /** Stops this node and starts it again; missing where whoever runs it does not offer that. */
  readonly restart?: () => void;
  /** Called once when the node can no longer keep its promises and must end. */
  readonly onDeath: (error: Error) => void;
}

/** What one node keeps on its disk. */
export type NodeStore = Store<{
  document: ClusterSettings;
  watch: WatchRow;
  journalEntry: JournalEntry;
  receipt: ReceiptRow;
}>;

/** What every part gets from the node it belongs to. */
export interface NodeParts extends NodePorts {
  /** As the settings file says, but for `node.fqdn`: that is the one in force, read at each use. */
  readonly settings: NodeSettings;
  readonly configuredNode: ConfiguredNode;
  readonly tap: FlowTap;
  /** What passed lately. */
  readonly flows: FlowHistory;
  readonly decisionFeed: DecisionFeed;
  readonly traceExporter: TraceExporter;
  readonly store: NodeStore;
  readonly metrics: MetricsRegistry;
  readonly decisions: DecisionRing;
  readonly history: DecisionHistory;
  readonly lamps: FederationLamps;
  readonly traffic: TrafficHistory;
  readonly running: RunningSettings;
  /** The federated domains in force, read at each use. */
  readonly peers: () => PeerDirectory;
  /** The settings in force, read at each use. */
  readonly federationSettings: () => FederationSettings;
  readonly presenceSettings: () => PresenceSection;
  readonly bound: BoundPorts;
  readonly peerCertificates: PeerCertificates;
  readonly certificateFiles: CertificateFiles;
  /** Whoever changes accounts takes turns. */
  readonly accountTurns: Turns;
}

/** The SIP side of a node, joined. */
export interface SipHalf {
  readonly federation: Federation;
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly core: UserAgentCore;
  readonly resolver: Resolver;
  readonly identity: LocalIdentity;
  /** Whether an address that DNS gave for a hop may be called. */
  readonly mayConnect: (address: string, hop: NextHop) => boolean;
}
