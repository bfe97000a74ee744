import type { Resolver, SrvRecord } from "@interpres/runtime";
import type { Peer } from "../peer/peer-directory.ts";
import type { StaticRoute } from "./static-route.ts";
import type { Looked } from "./watched-names.ts";

/** A zone may list any number of servers; nobody waits for more than these to fail. */
const MOST_TARGETS = 16;

/** The SRV names of a peer's domain, in the order to ask them: federation first, then SIPS (RFC 3263 §4.2) for plain peers. */
export function serviceNamesOf(domain: string, integrationType: Peer["integrationType"]): readonly string[] {
  const federation = `_sipfederationtls._tcp.${domain}`;
  return integrationType === "standard" ? [federation, `_sips._tcp.${domain}`] : [federation];
}

/** The SRV name a static route with port 0 points at: as written, or that of its protocol. */
export function serviceNameOfRoute(route: StaticRoute): string {
  if (route.nextHop.startsWith("_")) return route.nextHop;
  const service = { tls: "_sips._tcp", tcp: "_sip._tcp", udp: "_sip._udp" }[route.protocol];
  return `${service}.${route.nextHop}`;
}

/** Looks up SRV records that may be used: with a target and a port (RFC 2782: a target of "." offers nothing). */
export async function lookUpServices(resolver: Resolver, name: string): Promise<Looked<readonly SrvRecord[]>> {
  const answer = await resolver.resolve(name, "SRV");
  if (answer.kind === "failed") return answer;
  if (answer.kind === "none") return { kind: "none", ttlSeconds: answer.ttlSeconds };
  const usable = answer.records.filter((record) => record.target !== "" && record.port > 0).map(lowerCased);
  const { ttlSeconds } = answer;
  if (usable.length === 0) return { kind: "none", ttlSeconds };
  // Whole order, so that a zone that only shuffles its answers has not changed.
  const kept = usable.toSorted(compareRecords).slice(0, MOST_TARGETS);
  return { kind: "found", value: kept, ttlSeconds };
}

function compareRecords(left: SrvRecord, right: SrvRecord): number {
  const byName = left.target < right.target ? -1 : left.target > right.target ? 1 : left.port - right.port;
  return left.priority - right.priority || byName;
}

function lowerCased(record: SrvRecord): SrvRecord {
  return { ...record, target: record.target.toLowerCase() };
}

/** Looks up both kinds of addresses of a host. */
export async function lookUpAddresses(resolver: Resolver, name: string): Promise<Looked<readonly string[]>> {
  const [six, four] = await Promise.all([resolver.resolve(name, "AAAA"), resolver.resolve(name, "A")]);
  const value = [six, four].flatMap((answer) => (answer.kind === "records" ? answer.records : []));
  const ttls = [six, four].flatMap((answer) => (answer.kind === "records" ? answer.ttlSeconds : []));
  if (value.length > 0) {
    return { kind: "found", value: value.map((record) => record.address).sort(), ttlSeconds: Math.min(...ttls) };
  }
  for (const answer of [six, four]) if (answer.kind === "failed") return answer;
  return { kind: "none", ttlSeconds: 30 };
}
