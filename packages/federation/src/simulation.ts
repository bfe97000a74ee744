import type { Resolver } from "@interpres/runtime";
import type { ConnectionFacts, PresentedCertificate } from "@interpres/sip";
import { type AdmissionExplanation, explainAdmission } from "./admission/admission-explanation.ts";
import { type ConnectionQuery, identityOf, objectionToConnection } from "./admission/connection-questions.ts";
import { methodPolicy } from "./admission/method-policy.ts";
import { judgeOrigin } from "./admission/origin-questions.ts";
import type { Passage, PassageFacts, PassedCertificate, PassedPeer } from "./admission/passages.ts";
import type { ReverseNames } from "./admission/reverse-names.ts";
import type { Peer } from "./peer/peer-directory.ts";
import { stepsFor } from "./routing/clearing-house.ts";
import type { DomainNetworks } from "./routing/domain-network.ts";
import { explainRoute, type RouteExplanation } from "./routing/explanation.ts";
import { likely } from "./routing/hop-finder.ts";
import { walkSteps } from "./routing/routing.ts";
import { hostNamesIn, hostTowards, type Names, type Rules, serviceNamesIn } from "./rules.ts";
import { PEER_AUTH_CONTEXT } from "./trust/tls-settings.ts";

export interface SimulationInit {
  readonly rules: Rules;
  /** DNS as it answers; the rules read the same. */
  readonly names: Names;
  readonly nodeFqdn: string;
  readonly resolver: Resolver;
  readonly networks: DomainNetworks;
  readonly reverseNames: ReverseNames;
}

/** A request from a foreign domain: who would be there, and for whom he would speak. */
export interface InboundQuery {
  readonly peer: Pick<PassedPeer, "protocol" | "address" | "certificate">;
  readonly domain: string;
  readonly method: string;
}

/** Where a request of ours would go, under which name of ours, and what its peer would have to show. */
export interface OutboundExplanation {
  readonly route: RouteExplanation;
  /** The host by which we would be known there; null where nothing would be sent. */
  readonly identity: string | null;
  readonly tls: {
    readonly context: string;
    /** Names of which a hop's certificate has to prove one. */
    readonly certificateNames: readonly string[];
    /** The selected TLS peer subjects, of which it has to match one; empty where none is asked for. */
    readonly peerSubjects: readonly string[];
  } | null;
}

/** What would be decided on recorded traffic. Two are the same decision when all their fields are. */
export interface Outcome {
  readonly kind: "admitted" | "refused" | "routed" | "unknown";
  /** What refused, or found the route. */
  readonly rule: string | null;
  /** The route with its hops, or why nobody can know. */
  readonly detail: string;
}

/** DNS questions a simulation asks at a time, and altogether: what is watched already needs none. */
const MOST_AT_ONCE = 16;
const MOST_NAMES = 200;

const ADMITTED: Outcome = { kind: "admitted", rule: null, detail: "" };

/** Everything the trust store is asked for was seen at the handshake; a draft changes nothing of it. */
const AS_VERIFIED = { has: () => true };

/** The decisions of admission and routing under some settings, made by the functions that decide on traffic. */
export class Simulation {
  readonly #init: SimulationInit;

  /** Made by `openSimulation`. */
  constructor(init: SimulationInit) {
    this.#init = init;
  }

  /** Undefined when `uri` is no SIP URI. */
  async explainOutbound(uri: string): Promise<OutboundExplanation | undefined> {
    const { rules, names, resolver, networks, nodeFqdn } = this.#init;
    const stepsOf = (peer: Peer) => stepsFor(peer, rules.clearingHouse);
    const sources = { rules: () => rules, services: names.services, resolver, networks, stepsOf };
    const route = await explainRoute(uri, sources);
    const peer = route && rules.peers.get(route.domain);
    if (route === undefined) return undefined;
    if (peer === undefined || route.verdict !== "route") return { route, identity: null, tls: null };
    const hosts = route.nextHops.filter(({ protocol }) => protocol === "tls").map(({ host }) => host);
    return {
      route,
      identity: hostTowards(peer, rules, nodeFqdn),
      tls: hosts.length > 0 ? tlsOf(peer, hosts, rules) : null,
    };
  }

  async explainInbound({ peer, domain, method }: InboundQuery): Promise<AdmissionExplanation> {
    const { reverseNames } = this.#init;
    if (peer.certificate === null) await reverseNames.ask(peer.address);
    const hostNames = peer.certificate === null ? (reverseNames.known(peer.address) ?? []) : [];
    const query = this.#query({ ...peer, opened: "inbound", hostNames });
    return explainAdmission({ domain, method }, { ...query, rules: this.#init.rules });
  }

  /** What would have become of traffic that was decided on by these facts. */
  judge({ facts, rule }: Pick<Passage, "facts" | "rule">): Outcome {
    const found = this.#judge(facts);
    // What no rule here decides, such as a user nobody knows, was refused as it would be again.
    const isOverruled = found.kind !== "unknown" && rule !== null && !SIMULATED.has(rule);
    return isOverruled && found.kind !== "refused" ? { kind: "refused", rule, detail: "" } : found;
  }

  #judge(facts: PassageFacts): Outcome {
    switch (facts.kind) {
      case "connection":
        return this.#judgeConnection(facts);
      case "inbound-request":
        return this.#judgeRequest(facts);
      case "outbound-request":
        return this.#judgeRoute(facts);
      case "unrecorded":
        return { kind: "unknown", rule: null, detail: "not-recorded" };
    }
  }

  #judgeConnection({ peer, hop }: Extract<PassageFacts, { readonly kind: "connection" }>): Outcome {
    const { finder } = this.#init.rules;
    const nextHop = hop === null ? undefined : finder.hop({ ...hop, protocol: peer.protocol, from: "" });
    const objection = objectionToConnection(this.#query(peer, nextHop));
    return objection === undefined ? ADMITTED : refusedBy(objection.rule);
  }

  #judgeRequest({ peer, domain, method }: Extract<PassageFacts, { readonly kind: "inbound-request" }>): Outcome {
    const { rules } = this.#init;
    const query = this.#query(peer);
    const objection = objectionToConnection(query);
    if (objection !== undefined) return refusedBy(objection.rule);
    const judged = judgeOrigin({ domain, identity: identityOf(query) }, rules);
    const refused = judged.kind === "refused" ? judged.objection : methodPolicy(method, rules.parameters);
    return refused === undefined ? ADMITTED : refusedBy(refused.rule);
  }

  #judgeRoute({ domain, uri }: Extract<PassageFacts, { readonly kind: "outbound-request" }>): Outcome {
    const { rules } = this.#init;
    const peer = rules.peers.get(domain);
    if (peer === undefined) return refusedBy("domain-not-federated");
    if (uri === null && rules.finder.asksForUsers) return { kind: "unknown", rule: null, detail: "user-not-recorded" };
    const walk = {
      steps: stepsFor(peer, rules.clearingHouse),
      uri: uri ?? `sip:${domain}`,
      finder: rules.finder,
      order: likely,
    };
    const found = walkSteps(peer, walk);
    if (found.kind === "unknown" || (found.kind === "refused" && found.rule === "dns-failed"))
      return { kind: "unknown", rule: null, detail: "dns-silent" };
    if (found.kind === "refused") return refusedBy(found.rule);
    const decision = found.decisions.at(-1);
    const hops = found.hops.map(({ host, port, protocol }) => `${host}:${port} ${protocol}`).join(", ");
    const place = decision?.rule === "static-route" ? decision.inputs.detail : decision?.inputs.name;
    return { kind: "routed", rule: decision?.rule ?? null, detail: `${place}: ${hops}` };
  }

  #query(peer: PassedPeer, nextHop?: ConnectionFacts["nextHop"]): ConnectionQuery {
    const { opened: direction, protocol, address: remoteAddress, hostNames, certificate } = peer;
    const presented = certificate === null ? {} : { certificate: presentedAgain(certificate) };
    const hop = nextHop === undefined ? {} : { nextHop };
    const connection = { direction, protocol, remoteAddress, remotePort: 0, ...presented, ...hop };
    return { connection, rules: this.#init.rules, hostNames, trusted: AS_VERIFIED };
  }
}

/** Asks DNS for what these rules need and nobody has asked for yet; what it does not answer stays unknown. */
export async function openSimulation(init: SimulationInit): Promise<Simulation> {
  const { rules, names } = init;
  await askAll(serviceNamesIn(rules), names.services);
  await askAll(hostNamesIn(rules, names), names.addresses);
  return new Simulation(init);
}

async function askAll(wanted: ReadonlySet<string>, names: Names["services"] | Names["addresses"]): Promise<void> {
  const unknown = [...wanted].filter((name) => names.known(name) === undefined).slice(0, MOST_NAMES);
  for (let next = 0; next < unknown.length; next += MOST_AT_ONCE)
    await Promise.all(unknown.slice(next, next + MOST_AT_ONCE).map((name) => names.ask(name)));
}

function tlsOf(
  peer: Peer,
  hosts: readonly string[],
  { maySpeak, subjects, context }: Rules,
): OutboundExplanation["tls"] {
  const certificateNames = [...new Set([...hosts, ...maySpeak.namesFor(peer.domain)])];
  const peerSubjects = context.authorizationPolicy === "peer" ? subjects.all.map(({ name }) => name) : [];
  return { context: PEER_AUTH_CONTEXT, certificateNames, peerSubjects };
}

/** The rules that a simulation asks; what another one refused it cannot allow. */
const SIMULATED: ReadonlySet<string> = new Set([
  "incoming-acl",
  "certificate-missing",
  "certificate-untrusted",
  "certificate-expired",
  "certificate-purpose",
  "tls-peer-subject",
  "hop-certificate",
  "domain-not-federated",
  "claimed-domain",
  "method-policy",
  "route-blocked",
  "no-route",
  "dns-failed",
]);

function refusedBy(rule: string): Outcome {
  return { kind: "refused", rule, detail: "" };
}

function presentedAgain(certificate: PassedCertificate): PresentedCertificate {
  const { subjectCommonName, problem, ...names } = certificate;
  return {
    ...names,
    subjectCommonName: subjectCommonName ?? undefined,
    fingerprint256: "",
    chain: [],
    authorized: problem === null,
    ...(problem === null ? {} : { authorizationError: problem }),
    raw: Buffer.alloc(0),
  };
}
