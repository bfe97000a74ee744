import type { FieldProblem } from "@interpres/admin-api";
import { domainNameProblem, routingNodeProblem, servedDomains, settingsProblems } from "@interpres/federation";
import { parseBareJid } from "@interpres/xmpp";
import { directoryProblems } from "../../directory/directory-rules.ts";
import { traceCollectorProblems } from "../../trace/collector-rules.ts";
import type { AdminContext } from "../admin-context.ts";
import { mailDomainCollisions } from "../identity/mail-domains.ts";
import { originProblems } from "../live/web-client-section.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import { below } from "./config-document.ts";
import { nodeNames, nodesShown } from "./node-view.ts";

/** What an import has to be told beside its document. */
export interface Acknowledged {
  /** Whether the warning of switching mail addresses on has been read (facts R76). */
  readonly mailAddresses: "read" | "unread";
}

/** What the rules of the API have against `next`, as the successor of `present`; by path from the top of the document. */
export function configProblems(
  { present, next }: { readonly present: ClusterSettings; readonly next: ClusterSettings },
  context: AdminContext,
  acknowledged: Acknowledged,
): readonly FieldProblem[] {
  return [
    ...below("federation", settingsProblems(next.federation)),
    ...below("federation", orphanProblems(next, context)),
    ...routingFqdnProblems(present, next, context),
    ...proxyDomainProblems(next),
    ...below("presence", presenceProblems({ present, next }, context, acknowledged)),
    ...activationProblems(next, context),
    ...below("webClient", originProblems(next.webClient)),
    ...below("directory", directoryProblems(next.directory, servedDomains(next.federation))),
    ...below("traceCollector", traceCollectorProblems(next.traceCollector)),
  ];
}

/** A domain that is served no longer would take its users with it. */
function orphanProblems({ federation }: ClusterSettings, { accounts }: AdminContext): readonly FieldProblem[] {
  const served = new Set(servedDomains(federation));
  const orphans = new Map<string, number>();
  for (const { jid } of accounts.list()) {
    const domain = parseBareJid(jid)?.domain ?? "";
    if (!served.has(domain)) orphans.set(domain, (orphans.get(domain) ?? 0) + 1);
  }
  return [...orphans].map(([domain, count]) => ({ path: "localDomains", message: `${domain} has users: ${count}` }));
}

/** Facts R40: only a change is refused, as by the API. */
function routingFqdnProblems(
  present: ClusterSettings,
  next: ClusterSettings,
  context: AdminContext,
): readonly FieldProblem[] {
  const { federationRoutingFqdn: fqdn } = next.federation.serviceParameters["sip-proxy"];
  if (fqdn === present.federation.serviceParameters["sip-proxy"].federationRoutingFqdn) return [];
  const crowded = nodesShown(context).filter(({ assignedUsers }) => assignedUsers > 0);
  const message = routingNodeProblem(
    fqdn,
    crowded.map((node) => node.fqdn),
  );
  const path = "federation.serviceParameters.sip-proxy.federationRoutingFqdn";
  return message === undefined ? [] : [{ path, message }];
}

function proxyDomainProblems({ cluster }: ClusterSettings): readonly FieldProblem[] {
  const message = cluster.sipProxyDomain === "" ? undefined : domainNameProblem(cluster.sipProxyDomain);
  return message === undefined ? [] : [{ path: "cluster.sipProxyDomain", message }];
}

function presenceProblems(
  { present, next }: { readonly present: ClusterSettings; readonly next: ClusterSettings },
  context: AdminContext,
  { mailAddresses }: Acknowledged,
): readonly FieldProblem[] {
  const path = "useEmailAddressWhenFederating";
  if (!next.presence[path]) return [];
  const isNew = !present.presence[path];
  const message = "switches mail addresses on: acknowledge the warning (acknowledgeWarning) once it is read";
  return [...mailDomainCollisions(next, context), ...(isNew && mailAddresses === "unread" ? [{ path, message }] : [])];
}

function activationProblems({ serviceActivation }: ClusterSettings, context: AdminContext): readonly FieldProblem[] {
  const known = nodeNames(context);
  return Object.keys(serviceActivation)
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: `serviceActivation.${name}`, message: "is no node of this cluster" }));
}
