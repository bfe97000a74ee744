import { isIP } from "node:net";
import type { NaptrRecord, Random, Resolver } from "@interpres/runtime";
import type { TransportProtocol } from "./connection.ts";
import { offersNothing, orderServiceRecords } from "./srv-order.ts";

/** What of a SIP URI decides where its server is (RFC 3263 §4): TARGET is `maddr` or the host. */
export interface LocateQuery {
  readonly scheme: "sip" | "sips";
  /** A name, an IPv4 address, or an IPv6 address with or without brackets. */
  readonly host: string;
  readonly port?: number;
  /** Of the `transport` parameter. */
  readonly transport?: TransportProtocol;
  /** Which transports we speak, the most wanted first; by default TLS, TCP, UDP. */
  readonly supported?: readonly TransportProtocol[];
}

/** One server to try. Its addresses are looked up when it is tried. */
export interface LocatedTarget {
  readonly host: string;
  readonly port: number;
  readonly protocol: TransportProtocol;
  /** `dns-srv _sips._tcp.example.com`, `address`, `uri`. */
  readonly from: string;
}

export type Located =
  | { readonly kind: "targets"; readonly targets: readonly LocatedTarget[] }
  /** There is no such record. */
  | { readonly kind: "none"; readonly name: string }
  /** RFC 2782: the only target is ".". */
  | { readonly kind: "not-offered"; readonly name: string }
  /** DNS gave no answer: try again later. */
  | { readonly kind: "failed"; readonly name: string; readonly reason: string };

interface Ports {
  readonly resolver: Resolver;
  readonly random: Random;
}

interface ServiceQuery {
  readonly name: string;
  readonly protocol: TransportProtocol;
}

/** The default ports, RFC 3261 §18.1.1. */
export const defaultPortOf: Readonly<Record<TransportProtocol, number>> = { tls: 5061, tcp: 5060, udp: 5060 };

/** A zone may list any number of servers; nobody waits for more than these to fail. */
const MAXIMUM_TARGETS = 16;
const PREFERRED: readonly TransportProtocol[] = ["tls", "tcp", "udp"];
const SERVICES: ReadonlyMap<string, TransportProtocol> = new Map([
  ["SIPS+D2T", "tls"],
  ["SIP+D2T", "tcp"],
  ["SIP+D2U", "udp"],
]);

/** The SRV name of a domain for one transport, RFC 3263 §4.2. */
export function serviceNameOf(domain: string, protocol: TransportProtocol): string {
  const labels = { tls: "_sips._tcp", tcp: "_sip._tcp", udp: "_sip._udp" } as const;
  return `${labels[protocol]}.${domain}`;
}

/**
 * The servers of one SRV name in the order to try them, RFC 2782; for `_sipfederationtls._tcp.domain` as for any other.
 * At most 16. An alias of the name is followed by the resolver, whose caller sees the name asked for.
 */
export async function locateService(query: ServiceQuery, { resolver, random }: Ports): Promise<Located> {
  const { name, protocol } = query;
  const answer = await resolver.resolve(name, "SRV");
  if (answer.kind === "failed") return { kind: "failed", name, reason: answer.reason };
  if (answer.kind === "none") return { kind: "none", name };
  if (offersNothing(answer.records)) return { kind: "not-offered", name };
  const ordered = orderServiceRecords(answer.records, random).slice(0, MAXIMUM_TARGETS);
  if (ordered.length === 0) return { kind: "none", name };
  const from = `dns-srv ${name}`;
  return { kind: "targets", targets: ordered.map(({ target, port }) => ({ host: target, port, protocol, from })) };
}

/** The servers for a URI in the order to try them, RFC 3263 §4.1 and §4.2. Never rejects. */
export async function locate(query: LocateQuery, ports: Ports): Promise<Located> {
  const host = withoutBrackets(query.host);
  const transport = query.transport === undefined ? undefined : transportOf(query.scheme, query.transport);
  const isAddress = isIP(host) !== 0;
  if (isAddress || query.port !== undefined) {
    const protocol = transport ?? defaultTransportOf(query.scheme);
    const port = query.port ?? defaultPortOf[protocol];
    return { kind: "targets", targets: [{ host, port, protocol, from: isAddress ? "address" : "uri" }] };
  }
  const services = transport === undefined ? await servicesOf(host, query, ports) : [serviceOf(host, transport)];
  if ("kind" in services) return services;
  const located = await locateServices(services, ports);
  if (located.kind !== "none") return located;
  const protocol = transport ?? fallbackTransportOf(query);
  if (protocol === undefined) return located;
  return { kind: "targets", targets: [{ host, port: defaultPortOf[protocol], protocol, from: "uri" }] };
}

/**
 * What NAPTR records say about a domain, in their order: the SRV names of transports we speak. Records we cannot use
 * are left out: other services, regular expressions, and for `sips` whatever is not SIPS (RFC 3263 §4.1).
 */
export function selectServices(
  records: readonly NaptrRecord[],
  scheme: "sip" | "sips",
  supported: readonly TransportProtocol[] = PREFERRED,
): readonly ServiceQuery[] {
  const ordered = [...records].sort((left, right) => left.order - right.order || left.preference - right.preference);
  return ordered.flatMap((record) => {
    const protocol = SERVICES.get(record.services.toUpperCase());
    const isUsable = record.flags.toLowerCase() === "s" && record.regexp === "" && record.replacement !== "";
    if (protocol === undefined || !isUsable || !supported.includes(protocol)) return [];
    return scheme === "sips" && protocol !== "tls" ? [] : [{ name: record.replacement, protocol }];
  });
}

async function servicesOf(
  domain: string,
  query: LocateQuery,
  { resolver }: Ports,
): Promise<readonly ServiceQuery[] | Located> {
  const answer = await resolver.resolve(domain, "NAPTR");
  if (answer.kind === "failed") return { kind: "failed", name: domain, reason: answer.reason };
  const supported = query.supported ?? PREFERRED;
  const selected = answer.kind === "records" ? selectServices(answer.records, query.scheme, supported) : [];
  if (selected.length > 0) return selected;
  const wanted = query.scheme === "sips" ? supported.filter((protocol) => protocol === "tls") : supported;
  return wanted.map((protocol) => serviceOf(domain, protocol));
}

/** Asks for all at once and strings their targets together in the order of `services`. */
async function locateServices(services: readonly ServiceQuery[], ports: Ports): Promise<Located> {
  const located = await Promise.all(services.map((service) => locateService(service, ports)));
  const targets = located.flatMap((one) => (one.kind === "targets" ? one.targets : []));
  if (targets.length > 0) return { kind: "targets", targets: targets.slice(0, MAXIMUM_TARGETS) };
  const failed = located.find((one) => one.kind === "failed");
  const refused = located.find((one) => one.kind === "not-offered");
  return failed ?? refused ?? located[0] ?? { kind: "none", name: "" };
}

function serviceOf(domain: string, protocol: TransportProtocol): ServiceQuery {
  return { name: serviceNameOf(domain, protocol), protocol };
}

/** `sips:` with `transport=tcp` is TLS over TCP (RFC 3261 §26.2.2). */
function transportOf(scheme: "sip" | "sips", transport: TransportProtocol): TransportProtocol {
  return scheme === "sips" ? "tls" : transport;
}

function defaultTransportOf(scheme: "sip" | "sips"): TransportProtocol {
  return scheme === "sips" ? "tls" : "udp";
}

/** Without any record: UDP, TLS for `sips`, or the first we speak (RFC 3263 §4.1); none when a `sips` URI needs TLS and we have none. */
function fallbackTransportOf({ scheme, supported = PREFERRED }: LocateQuery): TransportProtocol | undefined {
  const usual = defaultTransportOf(scheme);
  if (supported.includes(usual)) return usual;
  return scheme === "sips" ? undefined : supported[0];
}

function withoutBrackets(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}
