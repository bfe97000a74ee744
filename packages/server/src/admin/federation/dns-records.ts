import { DnsCheck, type DnsFinding, DnsRecords } from "@interpres/admin-api";
import {
  type DatedReport,
  domainNameProblem,
  normalName,
  type PeerRecord,
  type RecordFinding,
  type SipFederatedDomain,
} from "@interpres/federation";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { instantText } from "../http/instant.ts";
import { invalidInput } from "../http/problem-error.ts";

const Key = Type.Object({ domain: Type.String({ maxLength: 255 }) });
const tags = ["dns-records"];

/** `/dns-records`: what peers find us by, and what this node sees of a domain. Both ask DNS at the call. */
export function registerDnsRecords(app: AdminApp, context: AdminContext): void {
  const { dns } = context;

  app.get(
    "/dns-records",
    { config: { access: "auditor" }, schema: { response: { 200: DnsRecords }, tags } },
    async () => {
      const { fqdn, port, checkedAt, zone, findings } = await dns.check();
      return { fqdn, port, checkedAt: instantText(checkedAt), zone, items: findings.map(ours) };
    },
  );

  app.get(
    "/dns-records/:domain",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: DnsCheck }, tags } },
    async ({ params }) => {
      const domain = normalName(params.domain);
      const wrong = domainNameProblem(domain);
      if (wrong !== undefined) throw invalidInput([{ path: "domain", message: wrong }]);
      const report = await dns.check();
      return ownCheck(domain, report) ?? (await foreignCheck(domain, report, context));
    },
  );
}

function ownCheck(domain: string, { findings }: DatedReport): DnsCheck | undefined {
  const kind = findings.find((finding) => finding.domain === domain && finding.kind !== "host")?.kind;
  if (kind !== "local" && kind !== "mail") return undefined;
  const concerned = findings.filter((finding) => finding.domain === domain || finding.kind === "host");
  return { domain, kind, integrationType: null, items: concerned.map(ours) };
}

async function foreignCheck(domain: string, { findings }: DatedReport, context: AdminContext): Promise<DnsCheck> {
  const { sipFederatedDomains } = context.settings.current().document.federation;
  const peer = sipFederatedDomains.find((entry) => entry.domain === domain);
  const theirs = await context.dns.peer(domain);
  const needed = findings.filter((finding) => finding.kind === "host" || looksForServices(peer));
  const items = [...theirs.map((record) => peers(domain, record)), ...needed.map(ours)];
  return { domain, kind: "foreign", integrationType: peer?.integrationType ?? null, items };
}

/** A clearing house has our host name registered and asks for nothing but its address (facts R21). */
export function looksForServices(peer: Pick<SipFederatedDomain, "integrationType"> | undefined): boolean {
  return peer?.integrationType !== "aol";
}

function ours(finding: RecordFinding): DnsFinding {
  const { found, problems, advice } = finding;
  return { ...finding, found: [...found], problems: [...problems], advice: [...advice] };
}

function peers(domain: string, record: PeerRecord): DnsFinding {
  const { found, problems } = record;
  return { ...record, domain, kind: "peer", wanted: null, found: [...found], problems: [...problems], advice: [] };
}
