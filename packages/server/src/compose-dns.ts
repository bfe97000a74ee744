import {
  checkRecords,
  type Federation,
  impatient,
  lookUpPeer,
  type PeerRecord,
  type Publication,
  RecordWatch,
  servedDomains,
} from "@interpres/federation";
import { createResolver } from "@interpres/runtime";
import { federationFqdn, mailDomainsInUse } from "./admin/identity/mail-domains.ts";
import type { NodeParts } from "./node-parts.ts";
import type { FederationIdentities } from "./services/federation-identities.ts";

/** What looks at DNS for the administrator. */
export interface DnsHalf {
  readonly records: RecordWatch;
  readonly peer: (domain: string) => Promise<readonly PeerRecord[]>;
}

const PATIENCE_MS = 5_000;

/** Checks by the servers that traffic asks too; who has just corrected a zone sees it, so nothing is kept between checks. */
export function composeDns(
  parts: NodeParts,
  { federation, identities }: { readonly federation: Federation; readonly identities: FederationIdentities },
): DnsHalf {
  const { clock, random, running, settings } = parts;
  const asking = createResolver({ clock, random, servers: settings.dns.servers });
  const anew = () => {
    asking.clear();
    return impatient(asking, { clock, patienceMs: PATIENCE_MS });
  };
  const check = () => checkRecords(publicationOf(parts, identities), anew());
  const records = new RecordWatch({ clock, random, check });
  running.onChange(() => records.soon());
  return { records, peer: (domain) => lookUpPeer(federation.serviceNamesOf(domain), anew()) };
}

/** By the settings in force. */
function publicationOf({ running, settings, bound }: NodeParts, identities: FederationIdentities): Publication {
  const document = running.current();
  const local = servedDomains(document.federation).map((domain) => ({ domain, kind: "local" }) as const);
  const known = new Set(local.map(({ domain }) => domain));
  const mail = mailDomainsInUse(document, { mailAddresses: identities.mail }).filter((domain) => !known.has(domain));
  return {
    fqdn: federationFqdn(document, { node: settings.node }),
    port: bound.sipTls ?? settings.listeners.sipTls.port,
    domains: [...local, ...mail.map((domain) => ({ domain, kind: "mail" }) as const)],
  };
}
