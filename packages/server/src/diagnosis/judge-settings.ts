import type { Peer, RouteExplanation } from "@interpres/federation";
import type { DecisionEvent } from "@interpres/runtime";
import type { RouteDecision } from "@interpres/sip";
import type { Finding } from "./report.ts";

/** Whether a domain is one we federate with; of one that was not added, `network` says what DNS tells of it. */
export function judgeDomain(
  domain: string,
  peer: Peer | { readonly network: string },
  localDomains: readonly string[],
): Finding {
  if (localDomains.includes(domain))
    return { outcome: "failed", seen: `${domain} is served here`, remedy: "name a foreign domain" };
  if ("network" in peer)
    return {
      outcome: "failed",
      seen: `${domain} was not added; ${peer.network}`,
      remedy: `npx interpres domain add ${domain} --type microsoft|aol|standard`,
      repair: { kind: "add-domain", domain },
    };
  const alias = peer.domain === domain ? "" : `, addressed as ${peer.domain}`;
  const direct = peer.directFederation ? ", direct" : "";
  return { outcome: "passed", seen: `type ${peer.integrationType}${direct}${alias}` };
}

/** What routing decides, with the steps that led there. */
export function judgeRoute(
  decision: RouteDecision,
  explanation: RouteExplanation | undefined,
  domain: string,
): Finding {
  const steps = (explanation?.steps ?? [])
    .filter(({ outcome }) => outcome !== "skipped")
    .map(({ rule, name, outcome, detail }) => `${rule} ${name}: ${outcome}${detail === "" ? "" : `, ${detail}`}`);
  if (decision.kind === "hops") {
    const hops = decision.hops.map(({ host, port, protocol }) => `${host}:${port};${protocol}`);
    return { outcome: "passed", seen: `${hops.join(", ")} by ${decision.hops[0]?.from ?? ""}` };
  }
  const seen = [decision.reason, ...steps].join("; ");
  const known = ROUTE_REMEDIES[decision.rule];
  return { outcome: "failed", seen, ...(known ?? { remedy: NO_ROUTE, repair: { kind: "add-route", domain } }) };
}

const NO_ROUTE =
  "they must publish the SRV record, or name their edge: npx interpres route add DOMAIN --next-hop HOST:5061";
const ROUTE_REMEDIES: Readonly<Record<string, Pick<Finding, "remedy" | "repair">>> = {
  "route-blocked": { remedy: "remove the static route that blocks, or its --blocked" },
  "dns-failed": { remedy: "look at dns.servers of this node, and at the network to them" },
  "sip-proxy-stopped": {
    remedy: "start it: npx interpres service start sip-proxy",
    repair: { kind: "start-service", service: "sip-proxy" },
  },
};

/** What of theirs we refused: by rule, the newest of each. */
export function judgeRefusals(events: readonly DecisionEvent[]): Finding {
  const refused = events.filter(({ direction, result }) => direction === "inbound" && result.startsWith("refused"));
  if (refused.length === 0) return { outcome: "passed", seen: "none" };
  const byRule = Map.groupBy(
    refused,
    ({ decisions }) => decisions.find(({ outcome }) => outcome === "refuse")?.rule ?? "",
  );
  const seen = [...byRule].map(([rule, group]) => `${group.length} × ${rule}: ${inputsOf(group[0])}`);
  return {
    outcome: "warned",
    seen: seen.join("; "),
    remedy: "see docs/operations/troubleshoot.md for each rule, and GET /api/v1/decisions for each case",
  };
}

function inputsOf(event: DecisionEvent | undefined): string {
  const inputs = event?.decisions.find(({ outcome }) => outcome === "refuse")?.inputs ?? {};
  return Object.entries(inputs)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
