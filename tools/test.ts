/**
 * The whole suite: `node tools/test.ts [unit|scenarios|interop|all]`. Each group runs under node:test by explicit globs; the
 * closing line counts pass, fail and skip over all groups. Exit code 1 when anything failed.
 */
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";

interface Group {
  readonly name: string;
  readonly globs: readonly string[];
  readonly options: readonly string[];
}

interface Counts {
  readonly pass: number;
  readonly fail: number;
  readonly skip: number;
}

const root = resolve(import.meta.dirname, "..");

/** Where the programs of this project keep what was compiled (`module.enableCompileCache`): two hundred test processes need the same. */
const NODE_COMPILE_CACHE = resolve(tmpdir(), "node-compile-cache");

/** Pure tests share one process, which is ten times faster; tests with sockets, processes or peers get their own. */
const groups: readonly Group[] = [
  { name: "unit", globs: ["packages/*/src/**/*.test.ts", "fuzz/replay.test.ts"], options: ["--test-isolation=none"] },
  {
    name: "package",
    globs: ["packages/*/test/**/*.test.ts", "fuzz/engine.test.ts"],
    options: ["--test-concurrency=2"],
  },
  { name: "scenarios", globs: ["scenarios/!(interop)/**/*.test.ts"], options: ["--test-concurrency=3"] },
  { name: "interop", globs: ["scenarios/interop/**/*.test.ts"], options: ["--test-concurrency=1"] },
];

/** Installs the Debian programs that interop tests talk to; a refusal is not a failure here, each test says `skip`. */
async function preparePeers(): Promise<void> {
  await new Promise<void>((done) => {
    spawn("bash", [resolve(root, "tools/peers.sh")], { stdio: "inherit", cwd: root })
      .on("error", () => done())
      .on("exit", () => done());
  });
}

async function run(group: Group): Promise<Counts> {
  const files = group.globs.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
  if (files.length === 0) return { pass: 0, fail: 0, skip: 0 };
  console.log(`\n== ${group.name}: ${files.length} files`);
  const args = ["--test", "--test-reporter=spec", "--test-timeout=120000", ...group.options, ...files];
  const env = { ...process.env, NODE_COMPILE_CACHE };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  const printer = new Printer();
  child.stdout.setEncoding("utf8").on("data", (text: string) => printer.push(text));
  const code = await new Promise<number>((done) => child.on("exit", (status) => done(status ?? 1)));
  const counts = printer.finish();
  return code !== 0 && counts.fail === 0 ? { ...counts, fail: 1 } : counts;
}

/** Lets failures, skips and the summary through; a passing line is one more dot. */
class Printer {
  #rest = "";
  #failing = false;
  readonly #counts = { pass: 0, fail: 0, skip: 0 };

  push(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
  }

  finish(): Counts {
    if (this.#rest !== "") this.#line(this.#rest);
    return this.#counts;
  }

  #line(line: string): void {
    const summary = /^ℹ (pass|fail|cancelled|skipped) (\d+)$/.exec(line);
    if (summary !== null) this.#count(summary[1] ?? "", Number(summary[2]));
    if (/^✖ failing tests:/.test(line)) this.#failing = true;
    if (this.#failing || summary !== null || /^\s*(✖|﹣)/.test(line) || /^ℹ duration/.test(line)) console.log(line);
  }

  #count(kind: string, amount: number): void {
    if (kind === "pass") this.#counts.pass += amount;
    else if (kind === "skipped") this.#counts.skip += amount;
    else this.#counts.fail += amount;
  }
}

function add(left: Counts, right: Counts): Counts {
  return { pass: left.pass + right.pass, fail: left.fail + right.fail, skip: left.skip + right.skip };
}

const wanted = process.argv[2] ?? "all";
if (wanted === "all" || wanted === "interop") await preparePeers();
let total: Counts = { pass: 0, fail: 0, skip: 0 };
for (const group of groups) {
  if (wanted !== "all" && wanted !== group.name && !(wanted === "unit" && group.name === "package")) continue;
  total = add(total, await run(group));
}
console.log(`${total.pass} passed, ${total.fail} failed, ${total.skip} skipped`);
process.exitCode = total.fail === 0 ? 0 : 1;
