import { systemClock } from "@interpres/runtime";
import { RULES } from "../observer/observer.ts";
import type { Expectations, ObservingPeer } from "../observer/rule.ts";
import { parseScript, ScriptError } from "../script/parse-script.ts";
import { type ParsedStep, parseStep, StepError } from "../script/parse-step.ts";
import { runStep, type StepOutcome, stepText } from "../script/run-step.ts";
import { Simulation } from "../script/simulation.ts";
import type { SimulatorEvent } from "../simulator/events.ts";
import { FaultError, FaultSet } from "../simulator/fault-set.ts";
import type { PeerStyle } from "../simulator/peer-style.ts";
import { type RequestLimit, SimulatedPeer } from "../simulator/simulated-peer.ts";
import { lineOf } from "./event-lines.ts";
import { CommandError, type Io, readFile } from "./io.ts";
import { authorityIn, keyRing } from "./key-ring.ts";
import { type CommonOptions, endpointOf, shownOf, versionsOf, withinMsOf } from "./options.ts";

/** What of a run depends on which simulator it is. */
export interface Variant {
  readonly kind: ObservingPeer;
  readonly fqdn: string;
  readonly style: (faults: FaultSet, port: () => number) => PeerStyle;
  readonly limit?: RequestLimit;
}

/** Longer than any client lets an INVITE ring (dialect facts §3.4). */
const ANSWER_LIMIT_MS = 35_000;

/** Starts a simulator, runs its script or waits for its end; resolves with the exit code. */
export async function run(options: CommonOptions, variant: Variant, io: Io): Promise<0 | 1> {
  const script = options.script === undefined ? undefined : scriptOf(readFile(options.script, io));
  const faults = faultsOf(options, variant.kind);
  const show = shower(options, io);
  const simulation = new Simulation({
    faults,
    clock: systemClock,
    withinMs: withinMsOf(options.within),
    domain: options.domain,
    show,
  });
  const peer = await start({ options, variant, simulation, io });
  simulation.begin(peer);
  announce(peer.port, { options, variant, io });
  try {
    return script === undefined
      ? await attend(simulation, options, io)
      : await play(simulation, script, { options, io });
  } finally {
    await peer.close();
  }
}

interface Start {
  readonly options: CommonOptions;
  readonly variant: Variant;
  readonly simulation: Simulation;
  readonly io: Io;
}

async function start({ options, variant, simulation, io }: Start): Promise<SimulatedPeer> {
  const { host, port } = endpointOf(options.listen, "--listen");
  const node = options.peer === undefined ? undefined : endpointOf(options.peer, "--peer");
  const name = options.peerName === undefined ? {} : { name: options.peerName };
  const allowed = new Set(options.allow);
  const unknown = options.allow.find((rule) => !Object.hasOwn(RULES, rule));
  if (unknown !== undefined) throw new CommandError(`--allow: there is no rule ${unknown}; --list-rules`, 2);
  const keys = await keysOf(options, variant, io);
  const { kind, style, limit } = variant;
  return await SimulatedPeer.start({
    kind,
    style: (at) => style(simulation.faults, at),
    faults: simulation.faults,
    keys,
    host,
    port,
    ...(node === undefined ? {} : { node: { host: node.host, ...name } }),
    nodePort: () => {
      if (node === undefined) throw new Error("no server to call: --peer");
      return node.port;
    },
    waitMs: ANSWER_LIMIT_MS,
    allowed,
    expected: () => expectations(options),
    ...(limit === undefined ? {} : { limit }),
    onEvent: simulation.hear,
  }).catch((error: Error) => {
    throw new CommandError(`${options.listen}: ${error.message}`, 1, { cause: error });
  });
}

function expectations({ peerDomain, peerName }: CommonOptions): Expectations {
  return {
    ...(peerDomain.length === 0 ? {} : { domains: peerDomain }),
    ...(peerName === undefined ? {} : { fqdn: peerName }),
  };
}

async function keysOf(options: CommonOptions, { fqdn }: Variant, io: Io) {
  const shown = shownOf(options, io);
  const versions = versionsOf(options.tls);
  const authority = await authorityIn(options.caDir);
  const trusted = options.peerCa === undefined ? authority.certPem : readFile(options.peerCa, io);
  return await keyRing({ authority, fqdn, trusted, versions, ...(shown === undefined ? {} : { shown }) });
}

function faultsOf({ fault }: CommonOptions, kind: ObservingPeer): FaultSet {
  const faults = new FaultSet(kind);
  try {
    for (const text of fault) faults.set(text);
  } catch (error) {
    if (error instanceof FaultError) throw new CommandError(`--fault: ${error.message}`, 2);
    throw error;
  }
  return faults;
}

function scriptOf(text: string): readonly ParsedStep[] {
  try {
    return parseScript(text);
  } catch (error) {
    if (error instanceof ScriptError) throw new CommandError(`--script: ${error.message}`, 2);
    throw error;
  }
}

function shower({ json }: CommonOptions, io: Io): (event: SimulatorEvent) => void {
  return (event) => {
    const at = new Date(systemClock.now());
    io.out(json === true ? JSON.stringify({ at: at.toISOString(), ...event }) : lineOf(event, at));
  };
}

function announce(port: number, { options, variant, io }: Pick<Start, "options" | "variant" | "io">): void {
  const { host } = endpointOf(options.listen, "--listen");
  const { fqdn } = variant;
  const ca = `${options.caDir}/ca.pem`;
  const value = { event: "listening", host, port, fqdn, domain: options.domain, ca };
  if (options.json === true) io.out(JSON.stringify(value));
  else io.out(`${fqdn} for ${options.domain} listens on ${host}:${port}; its authority is ${ca}`);
}

/** Runs a script to its end or first failure; what nobody expected counts as one. */
async function play(
  simulation: Simulation,
  script: readonly ParsedStep[],
  output: { readonly options: CommonOptions; readonly io: Io },
): Promise<0 | 1> {
  const last: ParsedStep = { name: "expect", words: ["no deviations"] };
  for (const step of [...script, last]) {
    const outcome = await Promise.race([runStep(simulation, step), output.io.interrupted.then(() => INTERRUPTED)]);
    tell(step, outcome, output);
    if (outcome.kind === "failed") return 1;
  }
  return 0;
}

const INTERRUPTED: StepOutcome = { kind: "failed", reason: "interrupted" };

function tell(
  step: ParsedStep,
  outcome: StepOutcome,
  { options, io }: { readonly options: CommonOptions; readonly io: Io },
): void {
  if (options.json === true) io.out(JSON.stringify({ event: "step", step: stepText(step), ...outcome }));
  else if (outcome.kind === "held")
    io.out(`  ok  ${stepText(step)}${outcome.status === undefined ? "" : ` (${outcome.status})`}`);
  else io.err(`failed: ${stepText(step)}: ${outcome.reason}`);
}

/** Runs what is typed until the end is wanted. */
async function attend(simulation: Simulation, options: CommonOptions, io: Io): Promise<0> {
  if (io.typed !== undefined) void listen(simulation, options, io);
  await io.interrupted;
  return 0;
}

async function listen(simulation: Simulation, options: CommonOptions, io: Io): Promise<void> {
  for await (const line of io.typed ?? []) {
    if (line.trim() === "") continue;
    const step = typedStep(line, io);
    if (step !== undefined) tell(step, await runStep(simulation, step), { options, io });
  }
}

function typedStep(line: string, io: Io): ParsedStep | undefined {
  try {
    return parseStep(line);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    io.err(error.message);
    return undefined;
  }
}
