import type { Clock, Counter, DecisionLog, Logger, Metrics, Random, Resolver, SrvRecord } from "@interpres/runtime";
import type { ConnectionFacts, NextHop, SipRequest } from "@interpres/sip";
import { addressedUri } from "./admission/addressed-uri.ts";
import { ConnectionAdmission, type SeenPeer } from "./admission/connection-admission.ts";
import type { DroppedRequest, LocalTargets } from "./admission/local-target.ts";
import type { Objection } from "./admission/objection.ts";
import { Passages } from "./admission/passages.ts";
import { RateLimit } from "./admission/rate-limit.ts";
import { RefusalLog } from "./admission/refusal-log.ts";
import { RequestAdmission } from "./admission/request-admission.ts";
import { ReverseNames } from "./admission/reverse-names.ts";
import { normalName } from "./peer/domain-name.ts";
import type { Peer } from "./peer/peer-directory.ts";
import type { SipProxyParameters } from "./peer/sip-proxy-parameters.ts";
import { BorrowedNames } from "./routing/borrowed-names.ts";
import { Departures } from "./routing/departures.ts";
import { lookUpAddresses, lookUpServices, serviceNamesOf } from "./routing/dns-routes.ts";
import { type DomainNetwork, DomainNetworks } from "./routing/domain-network.ts";
import type { RouteExplanation } from "./routing/explanation.ts";
import { HopHealth } from "./routing/hop-health.ts";
import { Routing } from "./routing/routing.ts";
import { WatchedNames } from "./routing/watched-names.ts";
import {
  hostNamesIn,
  hostTowards,
  type Names,
  type Rules,
  rulesFrom,
  serviceNamesIn,
  serviceNamesOfPeer,
  tlsContextOf,
} from "./rules.ts";
import type { FederationSettings } from "./settings.ts";
import { openSimulation, type Simulation } from "./simulation.ts";
import type { CertificateStore } from "./trust/certificate-store.ts";
import { PEER_AUTH_CONTEXT } from "./trust/tls-settings.ts";
import { Trust } from "./trust/trust.ts";
import { TrustedFingerprints } from "./trust/trusted-fingerprints.ts";
import { type UnselectedSighting, UnselectedSightings } from "./trust/unselected-sightings.ts";

/** What this node keeps asking DNS for. */
interface WatchedEverywhere extends Names {
  readonly services: WatchedNames<readonly SrvRecord[]>;
  readonly addresses: WatchedNames<readonly string[]>;
}

export interface FederationInit {
  /** The snapshot to begin with; later ones come by `settingsChanged`. */
  readonly settings: () => FederationSettings;
  /** What this node is called itself; peers may know it by the federation routing FQDN. */
  readonly nodeFqdn: () => string;
  readonly certificates: CertificateStore;
  readonly targets: LocalTargets;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly random: Random;
  readonly decisions: DecisionLog;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Told of each admission of a peer with a certificate. */
  readonly peerSeen?: (seen: SeenPeer) => void;
  /** Told of each request that did not reach its user because of how it names her. */
  readonly dropped?: (request: DroppedRequest) => void;
  /** Where decisions are counted by what they were made on; counted for nobody where there is none. */
  readonly passages?: Passages;
}

/** Who may talk to us and how we reach them. The first four properties fit the ports that the SIP stack declares. */
export class Federation {
  readonly connectionGate: ConnectionAdmission;
  readonly requestGate: RequestAdmission;
  readonly nextHopSelector: Routing;
  readonly tlsContextSource: Trust;
  /** When requests may leave for a peer's edge. */
  readonly departures: Departures;
  readonly #rateLimit: RateLimit;
  readonly #health: HopHealth;
  readonly #names: WatchedEverywhere;
  readonly #networks: DomainNetworks;
  readonly #trusts: ReadonlyMap<string, Trust>;
  readonly #unselected: UnselectedSightings;
  readonly #init: Pick<FederationInit, "nodeFqdn" | "resolver">;
  readonly #reverseNames: ReverseNames;
  readonly #decisions: DecisionLog;
  readonly #asked: Counter;
  #rules: Rules;

  constructor(init: FederationInit) {
    const { certificates, clock, random, resolver, targets, passages = new Passages() } = init;
    const rules = (): Rules => this.#rules;
    this.#names = this.#watchedNames(init);
    this.#init = init;
    this.#reverseNames = new ReverseNames(init);
    this.#rules = this.#rulesFrom(init.settings());
    this.#rateLimit = new RateLimit(clock);
    this.#health = new HopHealth(clock);
    const refusals = new RefusalLog(init);
    const { services } = this.#names;
    const claimRefused = (domain: string): void => this.#askAgain(domain);
    this.#unselected = new UnselectedSightings(clock);
    this.connectionGate = new ConnectionAdmission({
      rules,
      refusals,
      passages,
      reverseNames: this.#reverseNames,
      unselected: this.#unselected,
      trusted: new TrustedFingerprints(certificates),
      ours: (context) => this.trustOf(context).ourSide(),
      peerSeen: (seen) => init.peerSeen?.(seen),
    });
    const dropped = (request: DroppedRequest): void => init.dropped?.(request);
    const admission = { rules, targets, rateLimit: this.#rateLimit, refusals, passages, claimRefused, dropped };
    this.requestGate = new RequestAdmission(admission);
    this.#networks = new DomainNetworks({ resolver });
    const networks = this.#networks;
    this.nextHopSelector = new Routing({ rules, services, health: this.#health, random, resolver, networks, passages });
    const trusts = this.#rules.settings.tlsContexts.map(({ name }) => {
      return [
        name,
        new Trust({ context: () => tlsContextOf(this.#rules.settings, name), certificates, clock }),
      ] as const;
    });
    this.#trusts = new Map(trusts);
    this.tlsContextSource = this.trustOf(PEER_AUTH_CONTEXT);
    this.departures = new Departures({
      clock,
      limitOf: (domain) => this.peerOf(domain)?.dialect.ratePerSecond,
      closedMs: (hop) => this.#health.closedMs(hop),
    });
    this.#decisions = init.decisions;
    this.#asked = init.metrics.counter("interpres_federation_hops_unavailable_total", "503 of next hops", [
      "retry_after",
    ]);
    this.#watch();
    this.#count(init.metrics);
  }

  /** Begins to ask DNS for everything that routing and admission may need, and to keep it fresh. */
  start(): void {
    this.nextHopSelector.open();
    this.#names.services.start();
    this.#names.addresses.start();
  }

  /** Cancels the timers; until the next start no request finds a way out, and says why. */
  stop(): void {
    this.nextHopSelector.close();
    this.departures.stop();
    this.#names.services.stop();
    this.#names.addresses.stop();
  }

  /**
   * The next snapshot counts from now on, for requests within dialogs too. The caller has the transport readmit. Gives the
   * domains that are spoken to in another way than before: another type, another path, another name of ours.
   */
  settingsChanged(next: FederationSettings): ReadonlySet<string> {
    const before = this.#rules;
    this.#rules = this.#rulesFrom(next);
    this.#watch();
    this.#unselected.keepOnly(this.#rules.subjects.others);
    this.requestGate.forget();
    this.#rateLimit.reset();
    for (const trust of this.#trusts.values()) trust.changed();
    return this.#spokenToDifferently(before);
  }

  /** TLS by one of the two predefined contexts; throws for a name that is no context's. */
  trustOf(context: string): Trust {
    const trust = this.#trusts.get(context);
    if (trust === undefined) throw new Error(`settings have no TLS context ${context}`);
    return trust;
  }

  /** Undefined for a domain nobody has added; `domain` in any case. */
  peerOf(domain: string): Peer | undefined {
    return this.#rules.peers.get(domain) ?? this.#rules.peers.get(domain.toLowerCase());
  }

  /** The URI of the user a request is for, also where its Request-URI names this server. */
  addressedUri(request: SipRequest): string {
    return addressedUri(request, this.#rules.isOwnName);
  }

  /** The name peers of a domain reach this node by: the federation routing FQDN, or its own (facts R14, R40). */
  hostTowards(domain: string): string {
    return hostTowards(this.peerOf(domain), this.#rules, this.#init.nodeFqdn());
  }

  /** Whether instant messages pass; presence does in any case (facts B2.7). */
  mayCarryMessages(): boolean {
    return this.#rules.parameters.imGateway;
  }

  departureWaitMs(domain: string): number {
    return this.departures.waitMs(domain);
  }

  get parameters(): SipProxyParameters {
    return this.#rules.parameters;
  }

  /** The contract's `/routes/explain`; undefined when `uri` is no SIP URI. */
  explain(uri: string): Promise<RouteExplanation | undefined> {
    return this.nextHopSelector.explain(uri);
  }

  /** What DNS says of a domain that nobody has added, remembered as long as DNS allows (RFC 7247 §5). Never rejects. */
  networkOf(domain: string): Promise<DomainNetwork> {
    return this.#networks.of(domain);
  }

  /** What these settings would decide, or those in force; nothing is changed, counted or recorded by asking it. */
  simulate(settings: FederationSettings = this.#rules.settings): Promise<Simulation> {
    const { services, addresses } = this.#names;
    const { resolver } = this.#init;
    const names = {
      services: new BorrowedNames(services, (name) => lookUpServices(resolver, name)),
      addresses: new BorrowedNames(addresses, (name) => lookUpAddresses(resolver, name)),
    };
    const nodeFqdn = this.#init.nodeFqdn();
    const rules = rulesFrom(settings, { names, nodeFqdn });
    const sources = { names, nodeFqdn, resolver, networks: this.#networks, reverseNames: this.#reverseNames };
    return openSimulation({ rules, ...sources });
  }

  /** Everything admission has against a connection to a domain, and requests from there by it; records nothing. */
  review(connection: ConnectionFacts, domain: string): readonly Objection[] {
    const { identity, objections } = this.connectionGate.review(connection);
    return [...objections, ...this.requestGate.review({ domain, identity })];
  }

  /** Peers that are refused because their subject is defined but not selected, each subject once (facts R48). */
  unselectedPeers(): readonly UnselectedSighting[] {
    return this.#unselected.list();
  }

  /** The SRV names this node asks for to reach a domain; of one nobody has added, those of any. */
  serviceNamesOf(domain: string): readonly string[] {
    const peer = this.peerOf(domain);
    return peer === undefined ? serviceNamesOf(normalName(domain), "standard") : serviceNamesOfPeer(peer, this.#rules);
  }

  /** A hop gave no connection: for a while it is tried last. */
  hopFailed(hop: NextHop): void {
    this.#health.failed(hop);
  }

  /** A hop answered 503: it is tried last, and not at all for as long as it asked. */
  unavailable(hop: NextHop, retryAfterSeconds: number | undefined): void {
    this.#health.failed(hop);
    this.#asked.add({ retry_after: retryAfterSeconds === undefined ? "no" : "yes" });
    if (retryAfterSeconds === undefined || retryAfterSeconds === 0) return;
    // Those that were on their way when it said so first bring the same news.
    const isKnown = this.#health.closedMs(hop) > 0;
    const seconds = this.#health.askedToWait(hop, retryAfterSeconds) / 1000;
    if (isKnown) return;
    const { domain: peer, host, port, protocol } = hop;
    const inputs = { host, port, protocol, retryAfterSeconds: seconds };
    const decisions = [{ rule: "retry-after", outcome: "skipped", inputs }] as const;
    this.#decisions.record({
      kind: "route",
      direction: "outbound",
      peer,
      decisions,
      result: `asked to wait ${seconds} s`,
    });
  }

  hopAnswered(hop: NextHop): void {
    this.#health.answered(hop);
  }

  #spokenToDifferently(before: Rules): ReadonlySet<string> {
    const { useTransportInRecordRoute } = this.#rules.parameters;
    const isSameForm = before.parameters.useTransportInRecordRoute === useTransportInRecordRoute;
    const changed = new Set<string>();
    const name = this.#init.nodeFqdn();
    for (const peer of this.#rules.peers) {
      const old = before.peers.get(peer.domain);
      if (old === undefined) continue;
      const isSameName = hostTowards(peer, this.#rules, name) === hostTowards(old, before, name);
      if (!isSameForm || !isSameName || !isAddressedAlike(old, peer)) changed.add(peer.domain);
    }
    return changed;
  }

  #rulesFrom(settings: FederationSettings): Rules {
    return rulesFrom(settings, { names: this.#names, nodeFqdn: this.#init.nodeFqdn() });
  }

  #watchedNames({ clock, resolver }: FederationInit): WatchedEverywhere {
    const services = new WatchedNames<readonly SrvRecord[]>({
      clock,
      look: (name) => lookUpServices(resolver, name),
      changed: () => this.#namesChanged("services"),
    });
    const addresses = new WatchedNames<readonly string[]>({
      clock,
      look: (name) => lookUpAddresses(resolver, name),
      changed: () => this.#namesChanged("addresses"),
    });
    return { services, addresses };
  }

  #watch(): void {
    this.#names.services.watch(serviceNamesIn(this.#rules));
    this.#names.addresses.watch(hostNamesIn(this.#rules, this.#names));
  }

  /** What was concluded from the old answers, refusals above all, is thought over again. */
  #namesChanged(which: keyof Names): void {
    if (which === "services") this.#names.addresses.watch(hostNamesIn(this.#rules, this.#names));
    this.#rules.maySpeak.forget();
    this.requestGate.forget();
  }

  #askAgain(domain: string): void {
    const peer = this.#rules.peers.get(domain);
    if (peer === undefined) return;
    for (const name of serviceNamesOfPeer(peer, this.#rules)) void this.#names.services.ask(name);
  }

  #count(metrics: Metrics): void {
    metrics.gauge(
      "interpres_federation_connections_admitted",
      "Connections admitted since the start",
      () => this.connectionGate.admitted,
    );
    metrics.gauge(
      "interpres_federation_requests_admitted",
      "Requests admitted since the start",
      () => this.requestGate.admitted,
    );
    metrics.gauge(
      "interpres_federation_hops_closed",
      "Next hops that asked for no requests for now",
      () => this.#health.closed,
    );
    metrics.gauge(
      "interpres_federation_domains",
      "SIP federated domains",
      () => this.#rules.settings.sipFederatedDomains.length,
    );
  }
}

function isAddressedAlike(old: Peer, peer: Peer): boolean {
  if (old.integrationType !== peer.integrationType || old.directFederation !== peer.directFederation) return false;
  return old.dialect === peer.dialect || JSON.stringify(old.dialect) === JSON.stringify(peer.dialect);
}
