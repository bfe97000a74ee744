import {
  type AdminClient,
  type CertificateFacts,
  type DnsCheck,
  type DnsFinding,
  dnsRecordsPath,
  type FetchedCertificates,
  RefusedError,
} from "@interpres/admin-api";

/** Where a partner is reached. */
export interface Hop {
  readonly host: string;
  readonly port: number;
}

/** What there is to be seen of a domain that may become a partner. */
export interface Sighting {
  readonly records: readonly DnsFinding[];
  /** Undefined where no record leads anywhere, and nobody has said where. */
  readonly hop: Hop | undefined;
  /** DNS leads there: no route is needed. */
  readonly byDns: boolean;
  readonly certificate: CertificateFacts | undefined;
  /** Whom to trust; `not-presented`: the other administrator has to send its certificate. Undefined where that is done. */
  readonly authority: CertificateFacts | "not-presented" | undefined;
  /** Why no certificate could be fetched. */
  readonly trouble: string | undefined;
}

/** Asks DNS for the domain, and whoever is there for its certificate. `typed` goes before what DNS says. */
export async function sight(api: AdminClient, domain: string, typed: Hop): Promise<Sighting> {
  const check = (await api.ask("GET", `${dnsRecordsPath}/${encodeURIComponent(domain)}`)) as DnsCheck;
  const records = check.items.filter(({ kind }) => kind === "peer");
  const byDns = records.filter(({ type }) => type === "SRV").flatMap(({ found }) => found.flatMap(hopOf))[0];
  const hop = typed.host === "" ? byDns : typed;
  const seen = { records, hop, byDns: typed.host === "" && byDns !== undefined };
  if (hop === undefined) return { ...seen, certificate: undefined, authority: undefined, trouble: undefined };
  return { ...seen, ...(await presentedAt(api, hop)) };
}

async function presentedAt(
  api: AdminClient,
  hop: Hop,
): Promise<Pick<Sighting, "certificate" | "authority" | "trouble">> {
  try {
    const fetched = (await api.ask("POST", "/certificates/fetch", hop)) as FetchedCertificates;
    const isTrusted = fetched.objections.every(({ rule }) => rule !== "certificate-untrusted");
    const authority = isTrusted ? undefined : (authorityIn(fetched.chain) ?? "not-presented");
    return { certificate: fetched.chain[0], authority, trouble: undefined };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { certificate: undefined, authority: undefined, trouble: error.message };
  }
}

/**
 * The last of a chain that others can be verified with: an authority, or what has signed itself. A server's certificate that somebody
 * else has signed is neither: trusted alone, it would let us call them and not them call us.
 */
export function authorityIn<Shown extends Pick<CertificateFacts, "isAuthority" | "subject" | "issuer">>(
  chain: readonly Shown[],
): Shown | undefined {
  return chain.findLast(({ isAuthority, subject, issuer }) => isAuthority || subject === issuer);
}

/** Out of a record as in a zone file: priority, weight, port, target (RFC 2782). */
export function hopOf(record: string): readonly Hop[] {
  const [, port, host] = /^\d+ \d+ (\d+) (\S+?)\.?$/.exec(record) ?? [];
  return port === undefined || host === undefined || host === "." ? [] : [{ host, port: Number(port) }];
}
