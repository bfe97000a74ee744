/**
 * `npm run fuzz [-- target …] [--seconds N] [--seed S] [--replay FILE]`: attacks the parts of the server that read what
 * strangers send. N seconds are shared by the targets, six hundred unless said. Exit code 1 when something was found.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { targetOfFile, writeFinding } from "./finding.ts";
import { type Fault, tryInput } from "./judge.ts";
import { type Figures, type Outcome, runTarget } from "./run-target.ts";
import { type Target, targetNamed, targets } from "./targets.ts";

const TEN_MINUTES = "600";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: TEN_MINUTES },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    replay: { type: "string" },
  },
});
process.exitCode = values.replay === undefined ? await fuzz() : await replay(values.replay);

async function fuzz(): Promise<number> {
  const [seconds, seed] = [wholeNumber("seconds", values.seconds), wholeNumber("seed", values.seed)];
  const wanted = positionals.length === 0 ? targets : positionals.map(known);
  console.log(`seed ${seed}, ${seconds} s for ${wanted.map(({ name }) => name).join(", ")}`);
  let findings = 0;
  for (const target of wanted) findings += await attack(target, seed, seconds / wanted.length);
  console.log(findings === 0 ? "nothing was found" : `${findings} findings in fuzz/findings`);
  return findings === 0 ? 0 : 1;
}

/** Answers with the number of findings. */
async function attack(target: Target, seed: number, seconds: number): Promise<number> {
  let findings = 0;
  let last: Figures | undefined;
  const found = (fault: Fault, input: Buffer): void => {
    findings += 1;
    const path = writeFinding({ target: target.name, fault, input, seed, executions: last?.executions ?? 0 });
    console.log(`\n${fault.kind} in ${target.name}: ${fault.title}\n  ${path}.txt`);
  };
  const progress = (figures: Figures): void => {
    last = figures;
    if (process.stdout.isTTY) process.stdout.write(`\r${lineOf(target, figures)}`);
  };
  const outcome = await runTarget({ target, seed, seconds, keeps: true, progress, found });
  if (outcome !== undefined) console.log(`${process.stdout.isTTY ? "\r" : ""}${summaryOf(target, outcome)}`);
  return findings;
}

function lineOf({ name }: Target, { executions, corpus, functions, slowestMs }: Figures): string {
  const figures = [`${executions} inputs`, `corpus ${corpus}`, `${functions} functions`];
  return `${name.padEnd(16)} ${figures.join(", ")}, slowest ${slowestMs.toFixed(1)} ms`;
}

function summaryOf(target: Target, { figures, heapBeginKb, heapEndKb, looks }: Outcome): string {
  const heap = `heap ${heapBeginKb} kB at begin, ${heapEndKb} kB at end; over equal rounds ${looks.join(" ")}`;
  return `${lineOf(target, figures)}, ${heap}`;
}

async function replay(path: string): Promise<number> {
  const target = targetOfFile(path);
  if (target === undefined) return wrong(`${path} names no target; there are ${names()}`);
  const { ms, fault } = await tryInput(target, readFileSync(path));
  console.log(`${target.name}: ${ms.toFixed(1)} ms, ${fault === undefined ? "nothing wrong" : fault.detail}`);
  return fault === undefined ? 0 : 1;
}

function known(name: string): Target {
  const target = targetNamed(name);
  if (target === undefined) process.exit(wrong(`there is no target ${name}; there are ${names()}`));
  return target;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) process.exit(wrong(`--${name} takes a whole number`));
  return Number(text);
}

function wrong(message: string): number {
  console.error(message);
  return 2;
}

function names(): string {
  return targets.map(({ name }) => name).join(", ");
}
