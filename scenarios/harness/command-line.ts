import { spawn } from "node:child_process";
import { resolve } from "node:path";
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
    return new Promise((done, fail) => {
      const args = [LAUNCHER, ...words, "--data", this.#node.dataDirectory];
      const child = spawn(process.execPath, args, { cwd: this.#node.directory, stdio: "pipe" });
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
      child.on("error", fail);
      child.on("close", (code) =>
        done({ code, out: Buffer.concat(out).toString("utf8"), err: Buffer.concat(err).toString("utf8") }),
      );
      child.stdin.end(input);
    });
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
