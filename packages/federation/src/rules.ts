import type { SrvRecord } from "@interpres/runtime";
import type { ConnectionRules } from "./admission/connection-questions.ts";
import { IncomingAcl } from "./admission/incoming-acl.ts";
import type { RequestRules } from "./admission/request-admission.ts";
import { normalName } from "./peer/domain-name.ts";
import { type Peer, PeerDirectory } from "./peer/peer-directory.ts";
import type { SipProxyParameters } from "./peer/sip-proxy-parameters.ts";
import { serviceNameOfRoute, serviceNamesOf } from "./routing/dns-routes.ts";
import { addressesOfHost, hostsOf, hostsOfRoute, plainRoutes } from "./routing/domain-hosts.ts";
import { HopFinder } from "./routing/hop-finder.ts";
import type { RoutingRules } from "./routing/routing.ts";
import { StaticRoutes } from "./routing/static-routes.ts";
import type { KnownNames } from "./routing/watched-names.ts";
import type { FederationSettings } from "./settings.ts";
import { MaySpeak } from "./trust/may-speak.ts";
import { SelectedSubjects } from "./trust/peer-subjects.ts";
import { PEER_AUTH_CONTEXT, type TlsContext } from "./trust/tls-settings.ts";

/** One settings snapshot, indexed for asking. Replaced whole when settings change. */
export interface Rules extends ConnectionRules, RequestRules, RoutingRules {
  readonly settings: FederationSettings;
  /** `mayComeFrom` of another access list than the snapshot's. */
  readonly mayComeFromBy: (acl: IncomingAcl) => (address: string) => boolean;
}

/** DNS as far as it is known. */
export interface Names {
  readonly services: KnownNames<readonly SrvRecord[]>;
  readonly addresses: KnownNames<readonly string[]>;
}

/** What a snapshot is read together with. */
export interface RulesSources {
  readonly names: Names;
  /** What this node is called itself, whatever peers call it. */
  readonly nodeFqdn: string;
}

/** Indexes a snapshot; a thousand domains and routes take a few milliseconds. */
export function rulesFrom(settings: FederationSettings, { names, nodeFqdn }: RulesSources): Rules {
  const parameters = settings.serviceParameters["sip-proxy"];
  const ownNames = ownNamesOf(parameters, nodeFqdn);
  const clearingHouse = parameters.defaultFederationRoutingDomain;
  const context = tlsContextOf(settings, PEER_AUTH_CONTEXT);
  const peers = new PeerDirectory(settings.sipFederatedDomains, settings.dialectOverrides);
  const subjects = new SelectedSubjects(settings.tlsPeerSubjects, context);
  const sources = { routes: new StaticRoutes(settings.staticRoutes), ...names };
  const maySpeak = new MaySpeak({
    peers,
    subjects,
    clearingHouse,
    hostsOf: (domain) => hostsOf(domain, peers.get(domain), sources),
  });
  const isOwnName = (host: string): boolean => ownNames.has(host);
  const finder = new HopFinder({ routes: sources.routes, maySpeak, services: names.services, isOwnName });
  const plain = plainRoutes(settings.staticRoutes.filter((route) => route.inService));
  const acl = new IncomingAcl(settings.incomingAcl);
  const mayComeFromBy = (list: IncomingAcl) => (address: string) =>
    list.allowsAddress(address) ||
    plain
      .flatMap((route) => hostsOfRoute(route, sources))
      .some((host) => list.allowsHost(host) && addressesOfHost(host, sources).includes(address));
  const indexed = { peers, subjects, context, acl, maySpeak, finder, parameters, clearingHouse };
  return { settings, ...indexed, mayComeFromBy, mayComeFrom: mayComeFromBy(acl), isOwnName };
}

/** The names that mean this server: as peers know it, what it is called beside that, and its own. */
function ownNamesOf(parameters: SipProxyParameters, nodeFqdn: string): ReadonlySet<string> {
  const { federationRoutingFqdn, serverName } = parameters;
  return new Set([federationRoutingFqdn, serverName, nodeFqdn].map(normalName).filter((name) => name !== ""));
}

/** The name peers of a domain reach this node by: the federation routing FQDN, or its own (facts R14, R40). */
export function hostTowards(
  peer: Peer | undefined,
  { parameters }: Pick<Rules, "parameters">,
  nodeFqdn: string,
): string {
  return peer?.directFederation === true ? nodeFqdn : parameters.federationRoutingFqdn || nodeFqdn;
}

/** Throws for a name that is no context's: both are predefined and never go. */
export function tlsContextOf(settings: FederationSettings, name: string): TlsContext {
  const context = settings.tlsContexts.find((candidate) => candidate.name === name);
  if (context === undefined) throw new Error(`settings have no TLS context ${name}`);
  return context;
}

/** The SRV names decisions of a snapshot may need. */
export function serviceNamesIn(rules: Rules): ReadonlySet<string> {
  const { settings, peers } = rules;
  const names = new Set<string>();
  for (const route of settings.staticRoutes) {
    if (route.inService && route.nextHopPort === 0) names.add(serviceNameOfRoute(route));
  }
  for (const peer of peers) for (const name of serviceNamesOfPeer(peer, rules)) names.add(name);
  return names;
}

/** The SRV names that say where one peer is; direct federation asks none. */
export function serviceNamesOfPeer(peer: Peer, { clearingHouse }: Rules): readonly string[] {
  const { domain, integrationType, directFederation } = peer;
  if (directFederation) return [];
  const own = serviceNamesOf(domain, integrationType);
  return integrationType === "aol" ? [...own, ...serviceNamesOf(clearingHouse, "aol")] : own;
}

/** The hosts whose addresses stand for them: those reached without TLS. */
export function hostNamesIn({ settings }: Rules, { services }: Names): ReadonlySet<string> {
  const routes = plainRoutes(settings.staticRoutes).filter((route) => route.inService);
  return new Set(
    routes.flatMap((route) => {
      if (route.nextHopPort !== 0) return [route.nextHop];
      const known = services.known(serviceNameOfRoute(route));
      return known?.kind === "found" ? known.value.map((record) => record.target) : [];
    }),
  );
}
