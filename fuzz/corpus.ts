import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Target } from "./targets.ts";

const root = resolve(import.meta.dirname, "..");
const corpusFolder = join(import.meta.dirname, "corpus");
/** Longer inputs are of use while the fuzzer runs, and are not kept. */
const LONGEST_KEPT_OCTETS = 4096;
/** So many are kept of one target, the shortest first. */
const MOST_KEPT = 150;
const FOUND = "found-";

export interface CorpusFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly input: Buffer;
  /** By an earlier run; what a person wrote stays. */
  readonly isFound: boolean;
}

/** What the tests of the packages and earlier runs have left for the target, in order of the names. */
export function readCorpus(target: Target): readonly CorpusFile[] {
  const patterns = [`fuzz/corpus/${target.name}/*`, ...target.seeds];
  const paths = patterns.flatMap((pattern) => globSync(pattern, { cwd: root }).sort());
  return paths.map((path) => {
    const isFound = basename(path).startsWith(FOUND);
    return { path, input: readFileSync(join(root, path)), isFound };
  });
}

/** Replaces what earlier runs have found by these. */
export function keepCorpus(target: Target, inputs: readonly Buffer[]): void {
  const folder = join(corpusFolder, target.name);
  mkdirSync(folder, { recursive: true });
  const kept = inputs.filter(({ length }) => length <= LONGEST_KEPT_OCTETS).slice(0, MOST_KEPT);
  const wanted = new Map(kept.map((input) => [nameOf(input), input]));
  for (const path of globSync(join(folder, `${FOUND}*`))) if (!wanted.has(basename(path))) rmSync(path);
  for (const [name, input] of wanted) writeFileSync(join(folder, name), input);
}

/** By content, so that the same input has the same name in every run. */
function nameOf(input: Buffer): string {
  return `${FOUND}${createHash("sha256").update(input).digest("hex").slice(0, 12)}`;
}
