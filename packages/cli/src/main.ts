import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { httpsExchange } from "./https-exchange.ts";
import type { Io } from "./io.ts";
import { processConsole } from "./process-console.ts";

enableCompileCache();
const { runCommand } = await import("./program.ts");

// Whoever reads us may have read enough: `interpres user list | head -1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

const io: Io = {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  readInput: async () => Buffer.concat(await Array.fromAsync(process.stdin as AsyncIterable<Buffer>)).toString("utf8"),
  readFile,
  // What passed is nobody else's concern.
  writeFile: (path, octets) => writeFileSync(path, octets, { mode: 0o600 }),
  environment: process.env,
  exchange: httpsExchange,
  wait: (milliseconds) => pause(milliseconds),
  randomOctets: randomBytes,
  console: processConsole,
};
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};
process.exitCode = await runCommand(process.argv.slice(2), version, io);

/** Missing and forbidden are the same to a command: it cannot use the file. */
function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw error;
  }
}
