import { isIP, SocketAddress } from "node:net";
import Type from "typebox";
import {
  type Checked,
  changed,
  checkInput,
  conflict,
  type Edit,
  invalid,
  nextId,
  notFound,
  type Problem,
  type Refused,
} from "./edit.ts";
import { domainNameProblem, hostProblem, normalName } from "./peer/domain-name.ts";
import { normalDestinationPattern, parseDomainPattern } from "./routing/destination-pattern.ts";
import { StaticRoute } from "./routing/static-route.ts";
import type { FederationSettings } from "./settings.ts";

const RouteInput = Type.Omit(StaticRoute, ["id"], { additionalProperties: false });
type RouteInput = Readonly<Type.Static<typeof RouteInput>>;

/** How many routes may have the same pattern (facts B2.3). */
export const MOST_TWINS = 100;

/** Adds a static route; a plain domain as pattern is reversed into the stored form. */
export function addStaticRoute(settings: FederationSettings, input: unknown): Edit<StaticRoute> {
  const checked = checkRoute(input);
  if (checked.kind === "refused") return checked;
  const crowded = crowdedPattern(settings.staticRoutes, checked.value);
  if (crowded !== undefined) return crowded;
  const route = { id: nextId(settings.staticRoutes), ...checked.value };
  return changed({ ...settings, staticRoutes: [...settings.staticRoutes, route] }, route, routeWarnings(route));
}

/** Replaces a static route; what the input leaves out gets its default. */
export function updateStaticRoute(settings: FederationSettings, id: string, input: unknown): Edit<StaticRoute> {
  if (!settings.staticRoutes.some((other) => other.id === id)) return unknownRoute(id);
  const checked = checkRoute(input);
  if (checked.kind === "refused") return checked;
  const others = settings.staticRoutes.filter((other) => other.id !== id);
  const crowded = crowdedPattern(others, checked.value);
  if (crowded !== undefined) return crowded;
  const route = { id, ...checked.value };
  const staticRoutes = settings.staticRoutes.map((other) => (other.id === id ? route : other));
  return changed({ ...settings, staticRoutes }, route, routeWarnings(route));
}

export function deleteStaticRoute(settings: FederationSettings, id: string): Edit<StaticRoute> {
  const old = settings.staticRoutes.find((other) => other.id === id);
  if (old === undefined) return unknownRoute(id);
  return changed({ ...settings, staticRoutes: settings.staticRoutes.filter((other) => other !== old) }, old);
}

function unknownRoute(id: string): Refused {
  return notFound("id", `there is no static route ${id}`);
}

function crowdedPattern(others: readonly StaticRoute[], route: RouteInput): Refused | undefined {
  const twins = others.filter((other) => other.destinationPattern === route.destinationPattern).length;
  if (twins < MOST_TWINS) return undefined;
  return conflict("too-many-routes", "destinationPattern", `already has ${MOST_TWINS} routes`);
}

function checkRoute(input: unknown): Checked<RouteInput> {
  const checked = checkInput(RouteInput, input, ["id"]);
  if (checked.kind === "refused") return checked;
  const value = {
    ...checked.value,
    destinationPattern: normalDestinationPattern(checked.value.destinationPattern, checked.value.routeType),
    nextHop: normalHost(checked.value.nextHop),
  };
  const errors = routeProblems(value);
  return errors.length === 0 ? { kind: "input", value } : invalid(errors);
}

/** What is wrong with a route in stored form (facts B2.3). */
export function routeProblems(route: RouteInput): readonly Problem[] {
  const errors: Problem[] = [];
  if (route.routeType === "domain") {
    const pattern = parseDomainPattern(route.destinationPattern);
    if (pattern.kind === "problem") errors.push({ path: "destinationPattern", message: pattern.message });
  }
  const wrong = nextHopProblem(route);
  if (wrong !== undefined) errors.push({ path: "nextHop", message: wrong });
  return errors;
}

/** A name in lower case, or an address as sockets write it: no brackets, zeros short (RFC 5952 §4). */
function normalHost(text: string): string {
  const host = normalName(text.replace(/^\[(.*)\]$/, "$1"));
  return isIP(host) === 6 ? new SocketAddress({ address: host, family: "ipv6" }).address : host;
}

function nextHopProblem(route: RouteInput): string | undefined {
  if (route.nextHopPort !== 0) return hostProblem(route.nextHop);
  if (isIP(route.nextHop) !== 0) return "must be an SRV name when the port is 0";
  return domainNameProblem(route.nextHop.replace(/^(?:_[a-z0-9-]+\.){2}/, ""));
}

function routeWarnings(route: RouteInput): readonly Problem[] {
  const warnings: Problem[] = [];
  if (route.protocol === "tls" && route.nextHopPort === 5060)
    warnings.push({ path: "nextHopPort", message: "is 5060; SIP over TLS is usually at 5061" });
  if (route.protocol === "udp") warnings.push({ path: "protocol", message: "is neither encrypted nor authenticated" });
  if (route.protocol === "tcp") warnings.push({ path: "protocol", message: "is neither encrypted nor authenticated" });
  if (route.routeType === "user" && route.destinationPattern.startsWith("."))
    warnings.push({ path: "routeType", message: "is user, but the pattern looks like a domain" });
  return warnings;
}
