import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const HOOK = resolve(import.meta.dirname, "collect-on-signal.ts");

/** What a node holds after a full collection, in bytes. */
export interface MemoryFigures {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

/** Asks a node for its memory after a forced collection: the node must be run with `runner`. */
export class NodeMemory {
  readonly #folder = mkdtempSync(join(tmpdir(), "interpres-bench-"));
  readonly #path = join(this.#folder, "memory.json");

  /** Put before the node's command; it execs, so the pid stays. `NODE_OPTIONS` of the caller are kept. */
  get runner(): readonly string[] {
    const options = [process.env.NODE_OPTIONS ?? "", `--import=file://${HOOK}`].join(" ").trim();
    return ["/usr/bin/env", `NODE_OPTIONS=${options}`, `INTERPRES_BENCH_MEMORY=${this.#path}`];
  }

  async read(pid: number): Promise<MemoryFigures> {
    rmSync(this.#path, { force: true });
    process.kill(pid, "SIGUSR2");
    for (let waited = 0; waited < 10_000; waited += 50) {
      await pause(50);
      const text = existsSync(this.#path) ? readFileSync(this.#path, "utf8") : "";
      if (text.endsWith("\n")) return JSON.parse(text) as MemoryFigures;
    }
    throw new Error("the node did not say what memory it has");
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
