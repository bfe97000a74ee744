import type {
  CertificatePurpose,
  Connection,
  Diagnosis,
  DiagnosisInput,
  DiagnosisStep,
  EffectiveTls,
  ImSession,
  Notification,
  Role,
  Subscription,
} from "@interpres/admin-api";
import type {
  CertificateSubject,
  DatedReport,
  FederationSettings,
  PeerRecord,
  RouteExplanation,
  Simulation,
} from "@interpres/federation";
import type { MailAddresses } from "@interpres/interworking";
import type { Clock, DecisionEvent, DecisionQuery, Logger, Random, Turns } from "@interpres/runtime";
import type {
  AccountTable,
  AdministratorTable,
  ApiTokenTable,
  AuditTable,
  CertificateTable,
  EmailDrop,
  PassageTable,
  SecretTable,
  SessionTable,
  SettingsStore,
} from "@interpres/store";
import type {
  AccountDirectory,
  AccountRecord,
  AttachmentLink,
  ScramVerifiers,
  WebSocketListener,
} from "@interpres/xmpp";
import type { ShownAddresses } from "../addresses/shown-addresses.ts";
import type { DirectorySync } from "../directory/directory-sync.ts";
import type { FederationLamps } from "../lamps/federation-lamps.ts";
import type { TrafficHistory } from "../lamps/traffic-history.ts";
import type { DecisionFeed } from "../trace/decision-feed.ts";
import type { FlowHistory } from "../trace/flow-history.ts";
import type { TraceExporter } from "../trace/trace-exporter.ts";
import type { PasswordSignIn } from "./account/password-sign-in.ts";
import type { ClusterSettings } from "./node/cluster-settings.ts";
import type { DomainChanger } from "./node/domain-changer.ts";
import type { ServiceControl } from "./node/service-control.ts";
import type { CertificateFetcher } from "./trust/fetch-certificates.ts";
import type { PeerCertificates } from "./trust/peer-certificates.ts";

/** Everything the API reads and changes; `compose.ts` joins it. */
export interface AdminContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly node: { readonly name: string; readonly fqdn: string };
  readonly settings: SettingsStore<ClusterSettings>;
  readonly audit: AuditTable;
  readonly administrators: AdministratorTable;
  readonly signIn: PasswordSignIn;
  /** Whoever changes administrators takes turns: two last ones must not remove each other. */
  readonly administratorTurns: Turns;
  readonly sessions: SessionTable;
  readonly apiTokens: ApiTokenTable;
  /** Valid while the process lives and stored nowhere but in its data directory: the local command line's. */
  readonly fixedTokens: readonly FixedToken[];
  readonly certificates: CertificateTable;
  readonly peerCertificates: Pick<PeerCertificates, "list">;
  readonly certificateFiles: { problemOf(purpose: CertificatePurpose): string | undefined };
  readonly createSigningRequest: CreateSigningRequest;
  readonly domainChanger: DomainChanger;
  readonly accounts: AccountDirectory;
  /** Where the directory's accounts are kept, so that the audit row lands in the same transaction. */
  readonly accountTable: AccountTable;
  /** Whoever changes accounts takes turns: what the next one reads is what the one before has written. */
  readonly accountTurns: Turns;
  readonly secrets: SecretTable;
  readonly directorySync: DirectorySync;
  /** The connections to attached servers as they stand now. */
  readonly attachmentLinks: () => readonly AttachmentLink[];
  /** Verifiers for a new password (RFC 5802 §3); undefined for one SASLprep refuses. */
  readonly hashPassword: (password: string) => Promise<ScramVerifiers | undefined>;
  /** The port on which peers reach this node. */
  readonly sipTlsPort: () => number;
  /** The users' mail addresses, whether they are used for federation or not. */
  readonly mailAddresses: MailAddresses;
  /** Who still writes to addresses by which users are not known abroad. */
  readonly emailDrops: () => readonly EmailDrop[];
  /** The address foreign domains know the user by now. */
  readonly federationAddress: (account: AccountRecord) => string;
  /** The decision for one address; undefined when the text is no SIP URI. */
  readonly explain: (uri: string) => Promise<RouteExplanation | undefined>;
  readonly policy: PolicyView;
  readonly dns: DnsView;
  readonly webClient: WebClient;
  /** Where the built console is, if it has been built. */
  readonly consoleFolder: string;
  readonly live: LiveState;
  readonly shownAddresses: Pick<ShownAddresses, "of" | "typed">;
  readonly tls: LiveTls;
  readonly certificateFetcher: Pick<CertificateFetcher, "fetch">;
  readonly decisions: { query(query: DecisionQuery): Promise<readonly DecisionEvent[]> };
  /** Examines the federation with a domain. */
  readonly diagnose: (domain: string, asked: DiagnosisInput) => Examination;
  readonly lamps: Pick<FederationLamps, "of">;
  readonly traffic: Pick<TrafficHistory, "minutes">;
  /** Settles once the disk takes writes; rejects where it does not. */
  readonly flushStore: () => Promise<void>;
  readonly flows: FlowHistory;
  readonly decisionFeed: Pick<DecisionFeed, "listen">;
  readonly traceExporter: Pick<TraceExporter, "settings" | "start" | "send" | "trouble">;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly services: ServiceControl;
  /** Each tells what of its concern waits for the administrator now. */
  readonly notificationSources: readonly NotificationSource[];
}

/** An examination that has begun. */
export interface Examination {
  readonly result: Promise<Diagnosis>;
  /** The steps that were looked at so far. */
  found(): readonly DiagnosisStep[];
}

/** What settings decide, and what was decided. */
export interface PolicyView {
  /** Those in force, where none are given. */
  simulate(settings?: FederationSettings): Promise<Simulation>;
  readonly passages: Pick<PassageTable, "extent" | "page">;
}

/** DNS as this node's resolver answers. */
export interface DnsView {
  /** Asks for what is to be published, now. */
  check(): Promise<DatedReport>;
  /** As it was last seen; undefined before the first look. */
  latest(): DatedReport | undefined;
  /** What is to be seen of a foreign domain now. */
  peer(domain: string): Promise<readonly PeerRecord[]>;
}

export interface FixedToken {
  readonly name: string;
  readonly role: Role;
  /** `hashSecret` of the token. */
  readonly hash: string;
}

export type CreateSigningRequest = (
  subject: CertificateSubject,
) => Promise<{ readonly csrPem: string; readonly keyPem: string }>;

/** Computed at each call from what is the case; nothing is kept. */
export type NotificationSource = () => readonly Notification[];

/** What the web chat stands on. */
export interface WebClient {
  readonly sockets: Pick<WebSocketListener, "isOpen" | "upgrade">;
  /** The domains whose users may sign in. */
  readonly localDomains: () => readonly string[];
}

/** Without what is only said to people about its addresses. */
export interface LiveSubscription extends Omit<Subscription, "addresses"> {
  /** The contact as the requests of its dialog write him; absent before there is one. */
  readonly contactUri?: string | undefined;
}
export type LiveImSession = Omit<ImSession, "addresses">;

/** What is alive now. */
export interface LiveState {
  subscriptions(): readonly LiveSubscription[];
  /** Asks the peer for the present state; false when there is no such subscription of ours. */
  refreshSubscription(id: string): boolean;
  imSessions(): readonly LiveImSession[];
  connections(): readonly Connection[];
}

/** The TLS contexts at work; names are those of the settings. */
export interface LiveTls {
  effective(context: string): EffectiveTls;
  /** Has connections of older generations close once nothing is under way on them. Answers how many there are. */
  drain(context: string): number;
  /** The peers whose open connections were verified with this trusted certificate, by lower-case SHA-256. */
  peersVerifiedWith(fingerprint256: string): readonly string[];
}
