import type { Notification } from "@interpres/admin-api";
import { type RecordFinding, routingFqdnProblem } from "@interpres/federation";
import type { AdminContext } from "../admin-context.ts";
import { federationFqdn } from "../identity/mail-domains.ts";
import { looksForServices } from "./dns-records.ts";

/** More than anybody wants to read one by one. */
const TOLD_ONE_BY_ONE = 20;

const SEVERITY: Readonly<Record<Exclude<RecordFinding["state"], "ok">, Notification["severity"]>> = {
  missing: "warning",
  unknown: "warning",
  mismatched: "error",
  unreachable: "error",
};

/** Records by which peers do not find us, as DNS was last seen (facts R17, R39). Nobody looks for who federates with nobody. */
export function dnsNotices(context: AdminContext): readonly Notification[] {
  const { dns, settings, node } = context;
  const { sipFederatedDomains } = settings.current().document.federation;
  const isLookedFor = sipFederatedDomains.some(looksForServices);
  if (sipFederatedDomains.length === 0) return [];
  const wrong = (dns.latest()?.findings ?? []).filter(({ kind }) => kind === "host" || isLookedFor).flatMap(noticeOf);
  const told = wrong.slice(0, TOLD_ONE_BY_ONE).map((notice): Notification => ({ ...notice, node: node.name }));
  const more = wrong.length - told.length;
  if (more === 0) return told;
  const text = `${more} more records that peers look for are not as they shall be`;
  return [
    ...told,
    { id: "dns-record:more", severity: "warning", node: node.name, service: "sip-proxy", text, link: LINK },
  ];
}

const LINK = "/dns-records";

function noticeOf(finding: RecordFinding): readonly Omit<Notification, "node">[] {
  const { name, state, problems, wanted, type } = finding;
  if (state === "ok") return [];
  const remedy = type === "SRV" ? `publish ${name}. IN SRV ${wanted}` : `publish ${wanted} of ${name}`;
  const text = `DNS record ${name}: ${problems.join("; ")}. To be found by peers, ${remedy}`;
  return [{ id: `dns-record:${name}`, severity: SEVERITY[state], service: "sip-proxy", text, link: LINK }];
}

/**
 * The routing FQDN is no name in the SIP proxy domain (facts R2, R70), which peers that find us by DNS take amiss. While
 * mail addresses are used it is these that count, and `mailAddressNotices` tells.
 */
export function routingFqdnNotices(context: AdminContext): readonly Notification[] {
  const { document } = context.settings.current();
  const isMailUsed = document.presence.useEmailAddressWhenFederating;
  if (isMailUsed || document.federation.sipFederatedDomains.length === 0) return [];
  const { sipProxyDomain } = document.cluster;
  const problem = routingFqdnProblem({ fqdn: federationFqdn(document, context), sipProxyDomain, mailDomains: [] });
  if (problem === undefined) return [];
  return [
    {
      id: "routing-fqdn-outside-proxy-domain",
      severity: "warning",
      node: null,
      service: "sip-proxy",
      text: `Federation routing FQDN: ${problem}. Set a name in it, and the records that lead there.`,
      link: "/service-parameters/sip-proxy",
    },
  ];
}
