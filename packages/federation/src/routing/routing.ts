import type { Decision, Random, Resolver, SrvRecord } from "@interpres/runtime";
import type { HopQuery, NextHopSelector, RouteDecision } from "@interpres/sip";
import type { Passages } from "../admission/passages.ts";
import { normalName } from "../peer/domain-name.ts";
import type { Peer, PeerDirectory } from "../peer/peer-directory.ts";
import type { RoutingStep } from "./clearing-house.ts";
import { stepsFor } from "./clearing-house.ts";
import type { DomainNetworks } from "./domain-network.ts";
import { explainRoute, type RouteExplanation } from "./explanation.ts";
import { type ChoiceOrder, type Destination, drawn, type HopFinder, type StepOutcome } from "./hop-finder.ts";
import type { HopHealth } from "./hop-health.ts";
import type { KnownNames } from "./watched-names.ts";

/** What routing reads; one object for each settings snapshot. */
export interface RoutingRules {
  readonly peers: PeerDirectory;
  readonly finder: HopFinder;
  readonly clearingHouse: string;
}

export interface RoutingInit {
  readonly rules: () => RoutingRules;
  readonly services: KnownNames<readonly SrvRecord[]>;
  readonly health: HopHealth;
  readonly random: Random;
  readonly resolver: Resolver;
  readonly networks: DomainNetworks;
  readonly passages: Passages;
}

/** Each answer of DNS can raise one more question; a list of steps has no more of them than this. */
const MOST_QUESTIONS = 200;

type Refusal = Omit<Extract<RouteDecision, { readonly kind: "refused" }>, "kind" | "decisions">;

/** Not 503, which would say that the peer is at fault. */
const CLOSED: Refusal = { status: 480, rule: "sip-proxy-stopped", reason: "The SIP proxy of this server is stopped" };

/** Where requests for a domain go: an ordered list of steps, the first answer wins (facts R59, R60). */
export class Routing implements NextHopSelector {
  readonly #init: RoutingInit;
  readonly #drawn: ChoiceOrder;
  /** Steps depend on the peer and the clearing house alone, and both are new with each snapshot. */
  readonly #steps = new WeakMap<Peer, readonly RoutingStep[]>();

  #isClosed = false;

  constructor(init: RoutingInit) {
    this.#init = init;
    this.#drawn = drawn(init.random);
  }

  /** From now on every request is refused: nothing can be sent. */
  close(): void {
    this.#isClosed = true;
  }

  open(): void {
    this.#isClosed = false;
  }

  /** Answers at once when DNS is known or not needed. */
  select(query: HopQuery): RouteDecision | Promise<RouteDecision> {
    if (this.#isClosed) return refused(CLOSED, []);
    const decision = this.#select(query, MOST_QUESTIONS);
    if (decision instanceof Promise) return decision.then((found) => this.#counted(query, found));
    return this.#counted(query, decision);
  }

  /** The same decision step by step, with addresses; changes and records nothing. Undefined when `uri` is no SIP URI. */
  explain(uri: string): Promise<RouteExplanation | undefined> {
    const { rules, services, resolver, networks } = this.#init;
    return explainRoute(uri, { rules, services, resolver, networks, stepsOf: (peer) => this.#stepsOf(peer) });
  }

  #counted(query: HopQuery, decision: RouteDecision): RouteDecision {
    this.#init.passages.outbound(query).add(decision.kind === "refused" ? decision.rule : undefined);
    return decision;
  }

  #select(query: HopQuery, questions: number): RouteDecision | Promise<RouteDecision> {
    const domain = normalName(query.domain);
    const peer = this.#init.rules().peers.get(domain);
    if (peer === undefined) return refused(notFederated(domain), []);
    return this.#decide(peer, { query, questions });
  }

  #decide(
    peer: Peer,
    asked: { readonly query: HopQuery; readonly questions: number },
  ): RouteDecision | Promise<RouteDecision> {
    const { query, questions } = asked;
    const walk = { steps: this.#stepsOf(peer), uri: query.uri, finder: this.#init.rules().finder, order: this.#drawn };
    const found = walkSteps(peer, walk);
    switch (found.kind) {
      case "hops":
        return { kind: "hops", hops: this.#init.health.ordered(found.hops), decisions: found.decisions };
      case "refused":
        return found;
      case "unknown":
        if (questions === 0) return refused(nothingFound(peer, found.decisions), found.decisions);
        return this.#init.services.ask(found.name).then(() => this.#select(query, questions - 1));
    }
  }

  #stepsOf(peer: Peer): readonly RoutingStep[] {
    const known = this.#steps.get(peer);
    if (known !== undefined) return known;
    const steps = stepsFor(peer, this.#init.rules().clearingHouse);
    this.#steps.set(peer, steps);
    return steps;
  }
}

/** One walk down the list of steps for the URI of a user. */
export interface Walk {
  readonly steps: readonly RoutingStep[];
  readonly uri: string;
  readonly finder: HopFinder;
  readonly order: ChoiceOrder;
}

/** The first step that answers decides; `unknown` is what DNS has to be asked before it can. */
export function walkSteps(
  peer: Peer,
  { steps, uri, finder, order }: Walk,
): RouteDecision | { readonly kind: "unknown"; readonly name: string; readonly decisions: readonly Decision[] } {
  const destination: Destination = { domain: peer.domain, uri };
  const decisions: Decision[] = [];
  for (const step of steps) {
    const outcome = finder.find(step, destination, order);
    if (outcome.kind === "unknown") return { kind: "unknown", name: outcome.name, decisions };
    decisions.push(decisionOf(step, outcome));
    if (outcome.kind === "matched") return { kind: "hops", hops: outcome.hops, decisions };
    const end = refusalOf(outcome);
    if (end !== undefined) return refused(end, decisions);
  }
  return refused(nothingFound(peer, decisions), decisions);
}

function refusalOf(outcome: StepOutcome): Refusal | undefined {
  if (outcome.kind === "blocked") return { status: 403, rule: "route-blocked", reason: outcome.detail };
  if (outcome.kind === "dead-end") return { status: 404, rule: "no-route", reason: outcome.detail };
  return undefined;
}

function notFederated(domain: string): Refusal {
  return { status: 403, rule: "domain-not-federated", reason: `${domain} is not a SIP federated domain` };
}

/** Says precisely what is missing (facts R23). */
function nothingFound(peer: Peer, decisions: readonly Decision[]): Refusal {
  const failed = decisions.find((decision) => decision.outcome === "failed");
  if (failed !== undefined) return { status: 504, rule: "dns-failed", reason: String(failed.inputs.detail) };
  const missing = peer.directFederation
    ? "no static route, which direct federation needs"
    : "no static route and no SRV record";
  return { status: 404, rule: "no-route", reason: `${missing} for ${peer.domain}` };
}

function refused(refusal: Refusal, decisions: readonly Decision[]): RouteDecision {
  return { kind: "refused", ...refusal, decisions };
}

function decisionOf(step: RoutingStep, outcome: Exclude<StepOutcome, { readonly kind: "unknown" }>): Decision {
  const name = step.rule === "dns-srv" ? step.name : step.domain;
  return { rule: step.rule, outcome: OUTCOMES[outcome.kind], inputs: { name, detail: outcome.detail } };
}

const OUTCOMES = {
  matched: "matched",
  blocked: "refuse",
  "dead-end": "failed",
  none: "none",
  failed: "failed",
  skipped: "skipped",
} as const satisfies Record<Exclude<StepOutcome["kind"], "unknown">, Decision["outcome"]>;
