import {
  addressPolicy,
  diagnosedTransport,
  Federation,
  observedTransport,
  Passages,
  PeerDirectory,
  servedDomains,
} from "@interpres/federation";
import { Gateway, invitationTypes } from "@interpres/interworking";
import { createResolver, type DecisionEvent, DecisionRing, MetricsRegistry, Turns } from "@interpres/runtime";
import {
  type LocalIdentity,
  TransactionLayer,
  TransportLayer,
  type TransportProtocol,
  UserAgentCore,
} from "@interpres/sip";
import { DecisionHistory } from "@interpres/store";
import { type Attachments, bothFaces, XmppServer } from "@interpres/xmpp";
import type { ClusterSettings } from "./admin/node/cluster-settings.ts";
import { nodeInForce } from "./admin/node/node-domains.ts";
import { CertificateFiles, certificateFilesService } from "./admin/trust/certificate-files.ts";
import { checkOwn } from "./admin/trust/own-certificates.ts";
import { PeerCertificates } from "./admin/trust/peer-certificates.ts";
import { composeAdmin } from "./compose-admin.ts";
import { composeAttachments, liveAttachmentsOf } from "./compose-attachments.ts";
import { composeCertificates } from "./compose-certificates.ts";
import { composeDirectory, composePasswordKeeper } from "./compose-directory.ts";
import { composeDns } from "./compose-dns.ts";
import { composeDoctor } from "./compose-doctor.ts";
import { composeShell } from "./compose-shell.ts";
import { composeTrace, traceCollectorService } from "./compose-trace.ts";
import { ShownDomains } from "./federated-domains.ts";
import { federationMetrics } from "./federation-metrics.ts";
import { installationSecret } from "./first-start.ts";
import { FederationLamps } from "./lamps/federation-lamps.ts";
import { lightLamps } from "./lamps/light-lamps.ts";
import { TrafficHistory } from "./lamps/traffic-history.ts";
import { localTargets } from "./local-targets.ts";
import type { NodeParts, NodePorts, NodeStore, SipHalf } from "./node-parts.ts";
import { nodeServices, supervisorOf } from "./node-services.ts";
import { FederationIdentities, type FederationIdentitiesPorts } from "./services/federation-identities.ts";
import { presenceDatastoreService } from "./services/presence-datastore.ts";
import { configService, RunningSettings } from "./services/running-settings.ts";
import { sipFederationService } from "./services/sip-federation.ts";
import { sipProxyService } from "./services/sip-proxy.ts";
import { webClientService } from "./services/web-client.ts";
import { clientSecureContext, xmppClientService } from "./services/xmpp-client.ts";
import { xmppRouterService } from "./services/xmpp-router.ts";
import type { NodeSettings } from "./settings.ts";
import type { Supervisor } from "./supervisor.ts";
import { DecisionFeed } from "./trace/decision-feed.ts";
import { VERSION } from "./version.ts";
import { xmppSettingsOf } from "./xmpp-settings.ts";

const DECISIONS_IN_MEMORY = 20_000;

/** Every `new` of a node, in the order of the road a message takes. */
export async function compose(settings: NodeSettings, ports: NodePorts, store: NodeStore) {
  const parts = partsOf(settings, ports, store);
  await composeCertificates(parts);
  await lightLamps(parts.lamps, { domains: parts.federationSettings().sipFederatedDomains, history: store.decisions });
  const xmpp = composeXmpp(parts);
  const directory = composeDirectory(parts, xmpp.accounts);
  const isForeign = (domain: string) => sip.federation.peerOf(domain) !== undefined;
  // Its door is the gateway, which is made with it.
  const attachments: Attachments = composeAttachments(parts, () => gateway);
  const isAttached = (domain: string) => attachments.isLocalDomain(domain);
  const identities = composeIdentities(parts, { xmpp, isForeign, isAttached });
  const sip: SipHalf = composeSip(parts, identities);
  federationMetrics(parts.metrics, {
    lamps: parts.lamps,
    domains: () => parts.federationSettings().sipFederatedDomains.map(({ domain }) => domain),
    connections: () => sip.transport.connections(),
  });
  parts.metrics.watchProcess();
  const gateway: Gateway = composeGateway(parts, { xmpp, sip, identities, attachments });
  const liveAttachments = liveAttachmentsOf(parts, attachments);
  await liveAttachments.take();
  parts.running.certificates.onChange(() => sip.transport.readmit());
  parts.running.onChange(applyChange(parts.peers, { sip, gateway, identities }));
  parts.running.onChange((next, previous) => {
    if (next.federation.attachments !== previous.federation.attachments) liveAttachments.changed();
  });
  const { bound } = parts;
  const { listeners } = settings;
  const services = nodeServices(() => supervisor, parts.running);
  const dns = composeDns(parts, { federation: sip.federation, identities });
  const doctor = composeDoctor(parts, { sip, gateway, dns });
  const others = { xmpp, sip, gateway, identities, services, directorySync: directory.sync, dns, doctor, attachments };
  const admin = await composeAdmin(parts, others);
  const shell = composeShell(parts, { ...admin, xmpp, sip });
  // In the order they start; a service that hangs on the admin server's listener stands after it.
  const supervisor: Supervisor = supervisorOf({ ...parts, store, node: settings.node.name }, [
    configService(parts),
    certificateFilesService(parts.certificateFiles),
    traceCollectorService(parts),
    presenceDatastoreService({ xmpp }),
    xmppRouterService({ xmpp }),
    sipFederationService({ gateway, identities, attachments: liveAttachments }),
    xmppClientService({ xmpp, listener: listeners.xmppClient, bound }),
    sipProxyService({ ...sip, listeners, bound, opened: () => gateway.wayOpened(), records: dns.records }),
    admin.service,
    webClientService({ xmpp }),
    shell,
    directory.service,
  ]);
  return {
    supervisor,
    bound,
    localToken: admin.localToken,
    counts: () => ({
      users: xmpp.accounts.list().length,
      domains: parts.federationSettings().sipFederatedDomains.length,
    }),
    hasConsole: admin.hasConsole,
    hasWebChat: () => xmpp.webSockets.isOpen,
    reload: () => void parts.certificateFiles.reread(),
  };
}

function partsOf(settings: NodeSettings, ports: NodePorts, store: NodeStore): NodeParts {
  const { clock, random } = ports;
  const running = new RunningSettings(store);
  const peers = federatedPeers(running);
  const lamps = new FederationLamps(peers());
  const traffic = new TrafficHistory();
  running.onChange(() => lamps.take(peers()));
  const decisionFeed = new DecisionFeed();
  const keep = (event: DecisionEvent): void => {
    store.decisions.keep(event);
    lamps.saw(event);
    traffic.saw(event);
    decisionFeed.tell(event);
  };
  const decisions = new DecisionRing({ clock, random, capacity: DECISIONS_IN_MEMORY, keep });
  const metrics = new MetricsRegistry();
  const trace = composeTrace({ ports, store, running, metrics, peers, decisions, decisionFeed });
  const node = nodeInForce(settings.node, () => store.settings.current().document.nodeDomains);
  const { certificates } = store;
  const checking = { clock, node, settings: store.settings, certificates };
  return {
    ...ports,
    ...trace,
    decisionFeed,
    settings: { ...settings, node },
    configuredNode: settings.node,
    store,
    metrics,
    decisions,
    history: new DecisionHistory({ ring: decisions, table: store.decisions }),
    lamps,
    traffic,
    running,
    peers,
    federationSettings: () => running.current().federation,
    presenceSettings: () => running.current().presence,
    bound: {},
    peerCertificates: new PeerCertificates({ clock, table: store.peerCertificates }),
    certificateFiles: new CertificateFiles({
      clock,
      log: ports.log,
      certificates,
      check: (purpose, pair) => checkOwn(purpose, pair, checking),
    }),
    accountTurns: new Turns(),
  };
}

/** The federated domains in force; whoever listens to `running` after this call finds the next ones here. */
function federatedPeers(running: RunningSettings): () => PeerDirectory {
  const peersOf = ({ federation }: ClusterSettings) => new PeerDirectory(federation.sipFederatedDomains);
  let peers = peersOf(running.current());
  running.onChange((next) => {
    peers = peersOf(next);
  });
  return () => peers;
}

function composeXmpp(parts: NodeParts): XmppServer {
  const { clock, random, log, metrics, store, running, peers, federationSettings, tap } = parts;
  let settings = xmppSettingsOf(parts.presenceSettings());
  running.onChange(({ presence }) => {
    settings = xmppSettingsOf(presence);
  });
  const federatedDomains = new ShownDomains(peers());
  const xmpp: XmppServer = new XmppServer({
    clock,
    random,
    log,
    metrics,
    repositories: store,
    localDomains: () => federationSettings().localDomains,
    settings: () => settings,
    version: VERSION,
    federatedDomains,
    secureContext: clientSecureContext(running.certificates),
    decoySecret: installationSecret(store.certificates),
    tap,
    keeper: composePasswordKeeper(parts, () => xmpp.accounts),
    allowedOrigins: () => running.current().webClient.allowedOrigins,
  });
  running.onChange(() => {
    if (federatedDomains.take(peers())) xmpp.federatedDomainsChanged();
  });
  return xmpp;
}

function composeIdentities(
  { clock, metrics, store, presenceSettings }: NodeParts,
  { xmpp, ...domains }: { readonly xmpp: XmppServer } & Pick<FederationIdentitiesPorts, "isForeign" | "isAttached">,
): FederationIdentities {
  const { accounts } = xmpp;
  const { emailDrops } = store;
  return new FederationIdentities({ accounts, clock, metrics, emailDrops, presence: presenceSettings, ...domains });
}

function composeSip(parts: NodeParts, identities: FederationIdentities): SipHalf {
  const { clock, random, log, metrics, settings, federationSettings, decisions, tap } = parts;
  const resolver = createResolver({ clock, random, servers: settings.dns.servers });
  const targets = localTargets({ domains: () => servedDomains(federationSettings()), identities: identities.map });
  const common = { clock, random, log, metrics };
  const passages = new Passages();
  const federation = new Federation({
    ...common,
    settings: federationSettings,
    nodeFqdn: () => settings.node.fqdn,
    certificates: parts.running.certificates,
    targets,
    resolver,
    decisions,
    dropped: (request) => identities.drops.record(request),
    peerSeen: (seen) => parts.peerCertificates.saw(seen),
    passages,
  });
  parts.store.passages.collect(() => passages.drain());
  const mayConnect = addressPolicy(asksLoopbackDns(settings) ? "allowed" : "refused");
  const transport = new TransportLayer({
    ...common,
    resolver,
    gate: federation.connectionGate,
    tls: federation.tlsContextSource,
    addressPolicy: mayConnect,
    tap,
  });
  const identity = identityOf(parts, federation);
  const transactions = new TransactionLayer({
    ...common,
    transport: federation.departures.pace(diagnosedTransport(observedTransport(transport, federation), federation)),
    gate: federation.requestGate,
    hops: federation,
    identity,
  });
  const selector = federation.nextHopSelector;
  const core = new UserAgentCore({ ...common, transactions, selector, identity, settings: { invitationTypes } });
  return { federation, transport, transactions, core, resolver, identity, mayConnect };
}

interface Joined {
  readonly xmpp: XmppServer;
  readonly sip: SipHalf;
  readonly identities: FederationIdentities;
}

function composeGateway(
  parts: NodeParts,
  { xmpp, sip, identities, attachments }: Joined & { readonly attachments: Attachments },
): Gateway {
  const { clock, random, log, metrics, decisions, store } = parts;
  const gateway = new Gateway({
    agent: sip.core,
    local: bothFaces(xmpp.local, attachments),
    federation: sip.federation,
    identities: identities.map,
    watches: store.watches,
    journal: store.journal,
    receipts: store.receipts,
    clock,
    random,
    log,
    metrics,
    decisions,
  });
  xmpp.serveForeign(gateway);
  identities.onChange((users) => gateway.identitiesChanged(users));
  xmpp.accounts.listen({
    barred: (user, reason) => {
      if (reason !== "credentials-changed") gateway.userBarred(user);
    },
  });
  return gateway;
}

/** A change that comes into force (`changeControl` says when): what it forbids ends properly first, then the new snapshot counts. */
function applyChange(
  peersInForce: NodeParts["peers"],
  { sip, gateway, identities }: Omit<Joined, "xmpp"> & { readonly gateway: Gateway },
) {
  return (next: ClusterSettings, previous: ClusterSettings): void => {
    const { federation } = next;
    const peers = peersInForce();
    gateway.federationChanging((domain) => peers.get(domain));
    if (!federation.serviceParameters["sip-proxy"].imGateway) gateway.endSessions();
    const changed = sip.federation.settingsChanged(federation);
    sip.transport.readmit();
    gateway.peersChanged(changed);
    identities.settingsChanged(next, previous);
    if (federation !== previous.federation) gateway.wayOpened();
  };
}

/** How this node names itself; read at each use, so that a changed FQDN and the ports really bound count at once. */
function identityOf({ settings, bound }: NodeParts, federation: Federation): LocalIdentity {
  return {
    towards: (domain, protocol) => {
      const plainPort = { tls: undefined, tcp: bound.sipTcp, udp: bound.sipUdp }[protocol];
      return {
        host: federation.hostTowards(domain),
        port: plainPort ?? bound.sipTls ?? settings.listeners.sipTls.port,
        transport: federation.parameters.useTransportInRecordRoute ? listeningFor(protocol, plainPort) : undefined,
      };
    },
  };
}

/** Where nothing listens for a protocol, peers reach us by TLS. */
function listeningFor(protocol: TransportProtocol, port: number | undefined): TransportProtocol {
  return port === undefined ? "tls" : protocol;
}

/** A name server on this host may say that peers are on this host: the demo, tests, a resolver of one's own. */
function asksLoopbackDns(settings: NodeSettings): boolean {
  const { servers } = settings.dns;
  return servers.length > 0 && servers.every((server) => /^(127\.|\[?::1)/.test(server));
}
