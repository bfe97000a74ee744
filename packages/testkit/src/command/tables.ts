import { RULES } from "../observer/observer.ts";
import type { ObservingPeer, Rule } from "../observer/rule.ts";
import { stepUsage } from "../script/parse-step.ts";
import { type Step, type StepName, STEPS } from "../script/steps.ts";
import { faultsOf } from "../simulator/fault-set.ts";
import { FAULTS, type Fault, faultUsage } from "../simulator/faults.ts";
import { type Probe, PROBES } from "../simulator/probes.ts";

/** One thing a simulator knows: how it is written, what it does, the RFC it is from; "" for what only products do. */
export interface Entry {
  readonly usage: string;
  readonly does: string;
  readonly source?: string;
}

/** What of a source anybody can look up. */
function published(source: string): string {
  return source
    .split("; ")
    .filter((part) => part.startsWith("RFC "))
    .join("; ");
}

/** The faults of one simulator. */
export function faultEntries(peer: ObservingPeer): readonly Entry[] {
  return faultsOf(peer).map((name) => {
    const { does, source }: Fault = FAULTS[name];
    return { usage: faultUsage(name), does, source: published(source) };
  });
}

/** The rules its observer applies. */
export function ruleEntries(peer: ObservingPeer): readonly Entry[] {
  const all: readonly (readonly [string, Rule])[] = Object.entries(RULES);
  return all
    .filter(([, { only }]) => (only ?? peer) === peer)
    .map(([usage, { says, source }]) => ({ usage, does: says, source: published(source) }));
}

/** Requests with known answers. */
export function probeEntries(): readonly Entry[] {
  const all: readonly (readonly [string, Probe])[] = Object.entries(PROBES);
  return all.map(([usage, { method, does, expects, source }]) => ({
    usage,
    does: `${method} that ${does}: ${expects.length === 0 ? "no answer" : expects.join(" or ")}`,
    source: published(source),
  }));
}

/** Steps of scripts and of the prompt. */
export function stepEntries(): readonly Entry[] {
  return (Object.keys(STEPS) as StepName[]).map((name) => {
    const { does }: Step = STEPS[name];
    return { usage: stepUsage(name), does };
  });
}

/** The entries as a Markdown table, as the operators' page has them. */
export function markdown(entries: readonly Entry[], heading: string): string {
  const hasSource = entries.some(({ source }) => source !== undefined);
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    row([heading, "does", ...(hasSource ? ["from"] : [])]),
    row(["---", "---", ...(hasSource ? ["---"] : [])]),
    ...entries.map(({ usage, does, source }) => row([`\`${usage}\``, does, ...(hasSource ? [source ?? ""] : [])])),
  ].join("\n");
}

/** The entries for a terminal: what is written, and below it what it does. */
export function listed(entries: readonly Entry[]): string {
  return entries
    .map(
      ({ usage, does, source }) =>
        `${usage}\n    ${does}${source === undefined || source === "" ? "" : ` [${source}]`}`,
    )
    .join("\n");
}
