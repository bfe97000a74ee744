import type { AdmissionExplanation, OutboundExplanation } from "@interpres/admin-api";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.routeTester;

/** One step of a decision, in words. */
export interface ChainStep {
  /** The same in both chains, where they have the same step. */
  readonly key: string;
  readonly rule: string;
  readonly mark: string;
  readonly color: "green" | "gray" | "red";
  readonly title: string;
  readonly detail: string;
  /** It decided. */
  readonly isDecisive: boolean;
}

/** A decision in words: what comes of it, by which steps, and what else is to be known. */
export interface Chain {
  readonly verdict: string;
  readonly steps: readonly ChainStep[];
  readonly hops: readonly string[];
  readonly facts: readonly string[];
}

const COLORS = { matched: "green", none: "gray", skipped: "gray", failed: "red" } as const;

export function outboundChain({ route, identity, tls }: OutboundExplanation): Chain {
  const { uri, domain, verdict, steps, nextHops } = route;
  return {
    verdict: fill(own.verdicts[verdict], { uri, domain }),
    steps: steps.map(({ rule, name, outcome, detail }) => ({
      key: `${rule} ${name}`,
      rule,
      mark: own.outcomes[outcome],
      color: COLORS[outcome],
      title: name,
      detail,
      isDecisive: outcome === "matched",
    })),
    hops: nextHops.map(({ addresses, ...hop }) =>
      fill(own.nextHop, { ...hop, addresses: addresses.join(", ") || own.noAddress }),
    ),
    facts: [
      ...(identity === null ? [] : [fill(own.identity, { identity })]),
      ...(tls === null ? [] : [fill(own.tls, { context: tls.context, names: tls.certificateNames.join(", ") })]),
      ...(tls === null || tls.peerSubjects.length === 0
        ? []
        : [fill(own.subjects, { subjects: tls.peerSubjects.join(", ") })]),
    ],
  };
}

export function inboundChain({ verdict, rule, steps }: AdmissionExplanation, domain: string): Chain {
  const refused = steps.find(({ outcome }) => outcome === "refused");
  return {
    verdict: fill(own.admission[verdict], { domain, rule: rule ?? "" }),
    steps: steps.map((step) => ({
      key: step.name,
      rule: step.rule,
      mark: own[step.outcome],
      color: step.outcome === "passed" ? "green" : "red",
      title: step.name,
      detail: step.detail,
      isDecisive: step === refused,
    })),
    hops: [],
    facts: [],
  };
}

/** Whether a step is not in the other chain as it is here. */
export function isDifferent(step: ChainStep, other: Chain): boolean {
  const twin = other.steps.find(({ key }) => key === step.key);
  return twin === undefined || twin.mark !== step.mark || twin.detail !== step.detail;
}
