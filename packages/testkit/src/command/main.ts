import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { createInterface } from "node:readline";
import type { Io } from "./io.ts";

enableCompileCache();
const { runSimulator } = await import("./program.ts");

// Whoever reads us may have read enough: `interpres-sim edge … | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<void>();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, interrupt);
const typed = process.stdin.isTTY === true ? createInterface({ input: process.stdin }) : undefined;
typed?.once("close", interrupt);

const io: Io = {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  readFile,
  interrupted,
  typed,
};
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};
process.exitCode = await runSimulator(process.argv.slice(2), version, io);
typed?.close();

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
