import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openTestStore, temporaryDirectory } from "../temporary-store.ts";

const WRITER = join(import.meta.dirname, "acknowledging-writer.ts");
/** Killed after this many acknowledgements: each round at another point of the write-ahead log's life. */
const KILL_AFTER: readonly number[] = [1, 300, 2500];

/** Runs the writer until it acknowledged `count` ids, kills it, and gives back every id it printed. */
function acknowledgedBeforeKill(directory: string, count: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [WRITER, directory, `round-${count}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    let lines = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
      lines += chunk.filter((octet) => octet === 0x0a).length;
      if (lines >= count) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal !== "SIGKILL") reject(new Error(`the writer ended by itself: ${String(code)}`));
      else resolve(output.split("\n").slice(0, -1));
    });
  });
}

describe("crash safety", () => {
  test("what was acknowledged before kill -9 is there afterwards", { timeout: 60_000 }, async () => {
    const directory = temporaryDirectory();
    try {
      const acknowledged: string[] = [];
      for (const count of KILL_AFTER) acknowledged.push(...(await acknowledgedBeforeKill(directory.path, count)));
      const store = await openTestStore(directory.path);
      const present = new Set((await store.journal.load()).map((entry) => entry.id));
      await store.close();
      assert.ok(acknowledged.length >= KILL_AFTER.reduce((sum, count) => sum + count));
      assert.deepEqual(
        acknowledged.filter((id) => !present.has(id)),
        [],
      );
    } finally {
      directory.remove();
    }
  });
});
