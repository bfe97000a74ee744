import { type ChildProcessByStdio, spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { NodeProcess } from "./node-process.ts";

const LAUNCHER = resolve(import.meta.dirname, "../../packages/cli/bin/interpres.mjs");

/** How one run of the command line ended. */
export interface CommandRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The administrator at the node's own machine: the real program, which finds the node by its data directory. */
export class CommandLine {
  readonly #node: NodeProcess;

  constructor(node: NodeProcess) {
    this.#node = node;
  }

  /** Runs `interpres` with these words; `input` is what is typed or piped in. */
  run(words: readonly string[], input = ""): Promise<CommandRun> {
    const running = this.start(words);
    running.end(input);
    return running.ended;
  }

  /** The same, for a command that goes on until it is told. */
  start(words: readonly string[]): RunningCommand {
    const args = [LAUNCHER, ...words, "--data", this.#node.dataDirectory];
    return new RunningCommand(spawn(process.execPath, args, { cwd: this.#node.directory, stdio: "pipe" }));
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

/** One run, as far as it has come. */
export class RunningCommand {
  readonly ended: Promise<CommandRun>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #out = "";
  #err = "";

  constructor(child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#err += text;
    });
    // It may have ended before all was typed.
    child.stdin.on("error", () => undefined);
    this.ended = new Promise((done, fail) => {
      child.once("error", fail);
      child.once("close", (code) => done({ code, out: this.#out, err: this.#err }));
    });
  }

  /** What it has printed so far. */
  get out(): string {
    return this.#out;
  }

  end(input: string): void {
    this.#child.stdin.end(input);
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#child.kill("SIGINT");
  }
}
