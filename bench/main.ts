/**
 * `npm run bench [-- --json] [-- section …]`: every figure the documents claim, beside its peer or ceiling, from one run.
 * Sections: sip-message, ceilings, federation, gateway, subscriptions, console; all by default.
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { benchCeilings } from "./ceilings.ts";
import { benchConsole } from "./console.ts";
import { benchFederation } from "./federation.ts";
import { benchGateway } from "./gateway.ts";
import { canPin, GENERATOR_CORE } from "./load/pinned.ts";
import { type BenchResult, tableOf } from "./result.ts";
import { benchSipMessage } from "./sip-message.ts";
import { benchSubscriptions } from "./subscriptions.ts";

const PINNED = "--pinned";
const SECTIONS: Readonly<Record<string, () => BenchResult | Promise<BenchResult>>> = {
  "sip-message": benchSipMessage,
  ceilings: benchCeilings,
  federation: benchFederation,
  gateway: benchGateway,
  subscriptions: benchSubscriptions,
  console: benchConsole,
};

const args = process.argv.slice(2);
if (canPin && !args.includes(PINNED)) runPinned();
else await run();

/** The generator, which is this process, keeps to its own core; the node it starts gets the other one. */
function runPinned(): void {
  const command = ["-c", String(GENERATOR_CORE), process.execPath, import.meta.filename, PINNED, ...args];
  process.exitCode = spawnSync("/usr/bin/taskset", command, { stdio: "inherit" }).status ?? 1;
}

async function run(): Promise<void> {
  const wanted = args.filter((arg) => !arg.startsWith("--"));
  const names = wanted.length === 0 ? Object.keys(SECTIONS) : wanted;
  const machine = `Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? "unknown processor"}`;
  const results: BenchResult[] = [];
  if (!args.includes("--json")) console.log(`${machine}\n`);
  for (const name of names) {
    const section = SECTIONS[name];
    if (section === undefined) {
      console.error(`there is no section ${name}; there are ${Object.keys(SECTIONS).join(", ")}`);
      process.exit(2);
    }
    const result = await section();
    results.push(result);
    if (!args.includes("--json")) console.log(tableOf(result));
  }
  if (args.includes("--json")) console.log(JSON.stringify({ machine, results }, null, 2));
  process.exit(0);
}
