import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { within } from "@interpres/testkit";

/** How one run of a program ended. */
export interface ProgramRun {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const LIMIT_MS = 20_000;

/** One run of a program, as far as it has come. */
export class RunningProgram {
  readonly #program: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<number | null>;
  #out = "";
  #err = "";
  /** How much of the output was already looked at. */
  #seen = 0;

  constructor(program: string, words: readonly string[], options: { readonly cwd?: string } = {}) {
    this.#program = program;
    const child = spawn(program, words, { ...options, stdio: "pipe" });
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#err += text;
    });
    // It may have ended before all was typed.
    child.stdin.on("error", () => undefined);
    this.#ended = new Promise((done, fail) => {
      child.once("error", fail);
      child.once("close", done);
    });
  }

  /** What it has printed so far. */
  get out(): string {
    return this.#out;
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  end(text: string): void {
    this.#child.stdin.end(text);
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** Waits for output that fits, behind what an earlier call found; answers with what came up to its end. */
  async shows(expected: RegExp): Promise<string> {
    for (let waited = 0; waited < LIMIT_MS; waited += 20) {
      const fresh = this.#out.slice(this.#seen);
      const found = expected.exec(fresh);
      if (found !== null) {
        const end = found.index + found[0].length;
        this.#seen += end;
        return fresh.slice(0, end);
      }
      await pause(20);
    }
    throw new Error(`no ${expected} in\n${this.#out.slice(this.#seen)}\n${this.#err}`);
  }

  /** Waits for its end; one that goes on is killed, and told of with what it printed. */
  async ended(): Promise<ProgramRun> {
    try {
      const code = await within(this.#ended, LIMIT_MS, `${this.#program} did not end`);
      return { code, out: this.#out, err: this.#err };
    } catch (cause) {
      this.#child.kill("SIGKILL");
      throw new Error(`${this.#program} failed\n${this.#out}\n${this.#err}`, { cause });
    }
  }
}
