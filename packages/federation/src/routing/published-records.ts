/** Where peers shall find us, and under which domains (facts R17, R19, R71). */
export interface Publication {
  /** The name of the routing node as peers know it. */
  readonly fqdn: string;
  /** Where this node listens for mutual TLS; a firewall may lead 5061 there. */
  readonly port: number;
  readonly domains: readonly PublishedDomain[];
}

export interface PublishedDomain {
  readonly domain: string;
  /** Of accounts, or of the mail addresses by which they are known abroad. */
  readonly kind: "local" | "mail";
}

/** One SRV record that is to be published. */
export interface WantedRecord extends PublishedDomain {
  readonly name: string;
  readonly port: number;
  readonly target: string;
}

/** The port a Microsoft peer expects (facts R19). */
export const FEDERATION_PORT = 5061;
const ZONE_TTL_SECONDS = 3600;

export function wantedRecords({ domains, fqdn, port }: Publication): readonly WantedRecord[] {
  return domains.map((each) => ({ ...each, name: federationName(each.domain), port, target: fqdn }));
}

/** The SRV name under which a domain's federation is found. */
export function federationName(domain: string): string {
  return `_sipfederationtls._tcp.${domain}`;
}

/** A record in the words of a zone file (RFC 1035 §5.1, RFC 2782): `_sipfederationtls._tcp.D. IN SRV 0 0 5061 HOST.` */
export function federationRecordText(domain: string, to: { readonly host: string; readonly port: number }): string {
  return `${federationName(domain)}. IN SRV 0 0 ${to.port} ${to.host}.`;
}

/** Everything to be published, to be copied into the zones. `addresses` are those the host is known by now. */
export function zoneText(publication: Publication, addresses: readonly string[]): string {
  const { fqdn } = publication;
  const services = wantedRecords(publication).map(
    ({ name, port, target }) => `${name}. ${ZONE_TTL_SECONDS} IN SRV 0 0 ${port} ${target}.`,
  );
  const host = addresses.map((address) => `${fqdn}. ${ZONE_TTL_SECONDS} IN ${typeOf(address)} ${address}`);
  const wanted = [`; the address at which peers reach this host:`, `; ${fqdn}. ${ZONE_TTL_SECONDS} IN A 192.0.2.1`];
  return `${[...services, ...(host.length > 0 ? host : wanted)].join("\n")}\n`;
}

function typeOf(address: string): "A" | "AAAA" {
  return address.includes(":") ? "AAAA" : "A";
}
