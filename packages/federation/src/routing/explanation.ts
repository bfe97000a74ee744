import { isIP } from "node:net";
import type { Resolver, SrvRecord } from "@interpres/runtime";
import { type NextHop, parseSipUri, SyntaxProblem } from "@interpres/sip";
import type { Peer, PeerDirectory } from "../peer/peer-directory.ts";
import type { IntegrationType } from "../peer/sip-federated-domain.ts";
import type { RoutingStep } from "./clearing-house.ts";
import { lookUpAddresses } from "./dns-routes.ts";
import type { DomainNetworks } from "./domain-network.ts";
import { type Destination, type HopFinder, likely, type StepOutcome } from "./hop-finder.ts";
import type { KnownNames } from "./watched-names.ts";

/** `GET /routes/explain` (contract §4). Steps are numbered from 1 in the order of the list. */
export interface RouteExplanation {
  readonly uri: string;
  readonly domain: string;
  readonly integrationType: IntegrationType | null;
  readonly verdict: "route" | "blocked" | "not-federated" | "no-route";
  readonly steps: readonly ExplainedStep[];
  readonly nextHops: readonly ExplainedHop[];
}

export interface ExplainedStep {
  readonly step: number;
  readonly rule: "static-route" | "dns-srv";
  readonly name: string;
  readonly outcome: "matched" | "none" | "skipped" | "failed";
  readonly detail: string;
}

export interface ExplainedHop {
  readonly host: string;
  readonly port: number;
  readonly protocol: NextHop["protocol"];
  readonly addresses: readonly string[];
  readonly from: string;
}

export interface ExplanationSources {
  readonly rules: () => { readonly peers: PeerDirectory; readonly finder: HopFinder };
  readonly services: KnownNames<readonly SrvRecord[]>;
  readonly resolver: Resolver;
  readonly networks: DomainNetworks;
  readonly stepsOf: (peer: Peer) => readonly RoutingStep[];
}

/** Tells the decision for one address, asking DNS where it must. Undefined when `text` is no SIP URI. */
export async function explainRoute(text: string, sources: ExplanationSources): Promise<RouteExplanation | undefined> {
  const uri = parseSipUri(withScheme(text));
  if (uri instanceof SyntaxProblem) return undefined;
  const domain = uri.host.toLowerCase();
  const peer = sources.rules().peers.get(domain);
  if (peer === undefined) {
    const steps = await networkSteps(domain, sources.networks);
    return { uri: text, domain, integrationType: null, verdict: "not-federated", steps, nextHops: [] };
  }
  const { steps, verdict, hops } = await walk(peer, withScheme(text), sources);
  const nextHops = await Promise.all(hops.map((hop) => explainHop(hop, sources.resolver)));
  return { uri: text, domain, integrationType: peer.integrationType, verdict, steps, nextHops };
}

/** Nothing goes to a domain that was not added; the steps tell which network it is in (RFC 7247 §5). */
async function networkSteps(domain: string, networks: DomainNetworks): Promise<readonly ExplainedStep[]> {
  const { records } = await networks.of(domain);
  return records.map((record, index) => ({ step: index + 1, rule: "dns-srv", ...record }));
}

/** Administrators write addresses as people do. */
function withScheme(text: string): string {
  return /^sips?:/i.test(text) ? text : `sip:${text}`;
}

interface Walked {
  readonly steps: readonly ExplainedStep[];
  readonly verdict: "route" | "blocked" | "no-route";
  readonly hops: readonly NextHop[];
}

async function walk(peer: Peer, uri: string, sources: ExplanationSources): Promise<Walked> {
  const steps: ExplainedStep[] = [];
  let verdict: Walked["verdict"] | undefined;
  let hops: readonly NextHop[] = [];
  for (const [index, step] of sources.stepsOf(peer).entries()) {
    const outcome: Told = verdict === undefined ? await ask(step, { domain: peer.domain, uri }, sources) : DECIDED;
    steps.push(explainStep(index + 1, step, outcome));
    if (outcome.kind === "matched") hops = outcome.hops;
    verdict ??= VERDICTS[outcome.kind];
  }
  return { steps, verdict: verdict ?? "no-route", hops };
}

type Told = Exclude<StepOutcome, { readonly kind: "unknown" }>;

const DECIDED: Told = { kind: "skipped", detail: "an earlier step has answered" };

const VERDICTS: Readonly<Record<Told["kind"], Walked["verdict"] | undefined>> = {
  matched: "route",
  blocked: "blocked",
  "dead-end": "no-route",
  none: undefined,
  failed: undefined,
  skipped: undefined,
};

const OUTCOMES: Readonly<Record<Told["kind"], ExplainedStep["outcome"]>> = {
  matched: "matched",
  blocked: "matched",
  "dead-end": "failed",
  none: "none",
  failed: "failed",
  skipped: "skipped",
};

function explainStep(step: number, asked: RoutingStep, outcome: Told): ExplainedStep {
  const name = asked.rule === "dns-srv" ? asked.name : asked.domain;
  return { step, rule: asked.rule, name, outcome: OUTCOMES[outcome.kind], detail: outcome.detail };
}

/** A route with port 0 may need several names; each is asked for once. */
async function ask(
  step: RoutingStep,
  destination: Destination,
  { rules, services }: ExplanationSources,
): Promise<Told> {
  const asked = new Set<string>();
  for (;;) {
    const outcome = rules().finder.find(step, destination, likely);
    if (outcome.kind !== "unknown") return outcome;
    if (asked.has(outcome.name)) return { kind: "failed", detail: `${outcome.name} is not watched` };
    asked.add(outcome.name);
    await services.ask(outcome.name);
  }
}

async function explainHop(hop: NextHop, resolver: Resolver): Promise<ExplainedHop> {
  const { host, port, protocol, from } = hop;
  if (isIP(host) !== 0) return { host, port, protocol, addresses: [host], from };
  const looked = await lookUpAddresses(resolver, host);
  return { host, port, protocol, addresses: looked.kind === "found" ? looked.value : [], from };
}
