import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import type { Fault } from "./judge.ts";
import { type Target, targetNamed } from "./targets.ts";

const root = resolve(import.meta.dirname, "..");
const folder = join(import.meta.dirname, "findings");

/** A fault, and how to see it again. */
export interface Finding {
  readonly target: string;
  readonly fault: Fault;
  readonly input: Buffer;
  readonly seed: number;
  /** How many inputs had been tried before. */
  readonly executions: number;
}

/** Writes the input, and beside it what it shows. Answers with the path of the input from the root of the repository. */
export function writeFinding({ target, fault, input, seed, executions }: Finding): string {
  mkdirSync(folder, { recursive: true });
  const digest = createHash("sha256").update(input).digest("hex").slice(0, 12);
  const path = join(folder, `${target}.${fault.kind}.${digest}`);
  const shown = relative(root, path);
  writeFileSync(path, input);
  const report = [
    `${fault.kind}: ${fault.title}`,
    `target ${target}, seed ${seed}, after ${executions} inputs; ${input.length} octets in ${shown}`,
    `again: npm run fuzz -- --replay ${shown}`,
    "",
    fault.detail,
    "",
  ];
  writeFileSync(`${path}.txt`, report.join("\n"));
  return shown;
}

/** Whose an input is: findings name their target, files of the corpus lie in its folder. */
export function targetOfFile(path: string): Target | undefined {
  const folderName = basename(resolve(path, ".."));
  return targetNamed(basename(path).split(".")[0] ?? "") ?? targetNamed(folderName);
}
