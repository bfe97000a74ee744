import type { DomainPlan } from "../admin/node/domain-plan.ts";
import { field } from "./two-columns.ts";

/** What `set network domain` says before it asks. */
export function domainWarning(plan: DomainPlan): readonly string[] {
  const { fqdn, federationRoutingFqdn, certificates, peers } = plan;
  const foreign = certificates.filter(({ replacesIssuer }) => replacesIssuer !== null);
  return [
    "Changing the domain gives this node another name:",
    field("Node FQDN", `${fqdn.from} -> ${fqdn.to}`),
    ...(federationRoutingFqdn === null ? [] : [field("Routing FQDN", renamed(federationRoutingFqdn))]),
    "",
    ...plan.warnings.map((warning) => `WARNING: ${warning}.`),
    "The certificates of all purposes are made anew, signed by the authority of this node:",
    ...certificates.map(({ purpose, commonName }) => `  ${purpose}: ${commonName}`),
    ...foreign.map(({ purpose, replacesIssuer }) => `  ${purpose} replaces one signed by ${replacesIssuer}`),
    "  What they replace, keys included, is kept and can be restored.",
    "All services restart, and all clients are disconnected.",
    ...(peers.length === 0 ? [] : ["Until their administrators have followed, these domains may refuse this node:"]),
    ...peers.flatMap(noticeLines),
    "",
  ];
}

/** What it says at the end. */
export function domainClosing(plan: DomainPlan): readonly string[] {
  const { fqdn, peers, records } = plan;
  return [
    `This node is now ${fqdn.to}.`,
    ...(records.length === 0 ? [] : ["", "Publish in the DNS zones:", ...records.map((record) => `  ${record}`)]),
    ...(peers.length === 0 ? [] : ["", "Tell the administrators of"]),
    ...peers.flatMap(noticeLines),
  ];
}

function renamed({ from, to }: DomainPlan["fqdn"]): string {
  return `${from} -> ${to}`;
}

function noticeLines({ domain, integrationType, changes }: DomainPlan["peers"][number]): readonly string[] {
  return [`  ${domain} (${integrationType})`, ...changes.map((change) => `    - ${change}`)];
}
