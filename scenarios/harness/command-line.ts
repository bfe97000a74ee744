import { resolve } from "node:path";
import type { NodeProcess } from "./node-process.ts";
import { type ProgramRun, RunningProgram } from "./run-program.ts";

const LAUNCHER = resolve(import.meta.dirname, "../../packages/cli/bin/interpres.mjs");

/** The administrator at the node's own machine: the real program, which finds the node by its data directory. */
export class CommandLine {
  readonly #node: NodeProcess;

  constructor(node: NodeProcess) {
    this.#node = node;
  }

  /** Runs `interpres` with these words; `input` is what is typed or piped in. */
  run(words: readonly string[], input = ""): Promise<ProgramRun> {
    const running = this.start(words);
    running.end(input);
    return running.ended();
  }

  /** The same, for a command that goes on until it is told. */
  start(words: readonly string[]): RunningProgram {
    const args = [LAUNCHER, ...words, "--data", this.#node.dataDirectory];
    return new RunningProgram(process.execPath, args, { cwd: this.#node.directory });
  }

  /** The same, for a command that must work: its standard output. */
  async do(...words: readonly string[]): Promise<string> {
    const { code, out, err } = await this.run(words);
    if (code !== 0) throw new Error(`interpres ${words.join(" ")}: exit code ${code}\n${err}${out}`);
    return out;
  }

  /** The same with `--json`, parsed. */
  async json(...words: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.do(...words, "--json")) as unknown;
  }
}
