import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";

/** The node, or what stands in its place, has one core; the generator has the other. */
export const NODE_CORE = 0;
export const GENERATOR_CORE = 1;

/** Whether the machine can give the two sides a core each. */
export const canPin = existsSync("/usr/bin/taskset") && cpus().length >= 2;

/** Runs a TypeScript file with this Node on one core where the machine can pin. */
export function spawnPinned(core: number, args: readonly string[], options: SpawnOptions): ChildProcess {
  if (!canPin) return spawn(process.execPath, args, options);
  return spawn("/usr/bin/taskset", ["-c", String(core), process.execPath, ...args], options);
}
