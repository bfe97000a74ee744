import { isIP } from "node:net";
import type { SrvRecord } from "@interpres/runtime";
import type { Peer } from "../peer/peer-directory.ts";
import type { DomainHosts } from "../trust/may-speak.ts";
import { serviceNameOfRoute, serviceNamesOf } from "./dns-routes.ts";
import type { StaticRoute } from "./static-route.ts";
import type { StaticRoutes } from "./static-routes.ts";
import type { KnownNames } from "./watched-names.ts";

/** What `DomainHosts` are read from: the routes, and DNS as far as it is known. */
export interface HostSources {
  readonly routes: StaticRoutes;
  readonly services: KnownNames<readonly SrvRecord[]>;
  readonly addresses: KnownNames<readonly string[]>;
}

/** Where a domain is reached, by its static routes, backups included, and by SRV records (design §5). */
export function hostsOf(domain: string, peer: Peer | undefined, sources: HostSources): DomainHosts {
  const routes = sources.routes.candidates(domain).flatMap((group) => group.routes);
  const secured = routes.filter((route) => route.protocol === "tls");
  const hosts = secured.flatMap((route) => hostsOfRoute(route, sources));
  const names = hosts.filter((host) => isIP(host) === 0);
  return {
    names: [...names, ...targetsOfDomain(domain, peer, sources)],
    addresses: hosts.filter((host) => isIP(host) !== 0),
    plainAddresses: plainRoutes(routes)
      .flatMap((route) => hostsOfRoute(route, sources))
      .flatMap((host) => addressesOfHost(host, sources)),
  };
}

/** Routes without TLS: what comes from there proves nothing but its address. */
export function plainRoutes(routes: readonly StaticRoute[]): readonly StaticRoute[] {
  return routes.filter((route) => route.protocol !== "tls");
}

/** Names or addresses a route leads to. */
export function hostsOfRoute(route: StaticRoute, { services }: HostSources): readonly string[] {
  return route.nextHopPort === 0 ? targetsOf(serviceNameOfRoute(route), services) : [route.nextHop];
}

/** The addresses of a host, as far as DNS has told them. */
export function addressesOfHost(host: string, { addresses }: HostSources): readonly string[] {
  if (isIP(host) !== 0) return [host];
  const known = addresses.known(host);
  return known?.kind === "found" ? known.value : [];
}

function targetsOfDomain(domain: string, peer: Peer | undefined, { services }: HostSources): readonly string[] {
  if (peer?.directFederation === true) return [];
  return serviceNamesOf(domain, peer?.integrationType ?? "aol").flatMap((name) => targetsOf(name, services));
}

function targetsOf(name: string, services: KnownNames<readonly SrvRecord[]>): readonly string[] {
  const known = services.known(name);
  return known?.kind === "found" ? known.value.map((record) => record.target) : [];
}
