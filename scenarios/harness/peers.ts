import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const STOP_LIMIT_MS = 3000;
const FOLDERS = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/**
 * Why a test that talks to these programs (or needs these folders, named in full) must be skipped; false when all are there. With `INTERPRES_REQUIRE_PEERS=1` a
 * missing one is no reason to skip: it throws, so that the file fails.
 */
export function missingPeers(...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => programPath(program) === undefined);
  if (missing.length === 0) return false;
  const reason = `not installed: ${missing.join(", ")} (tools/peers.sh installs them on Debian)`;
  if (process.env.INTERPRES_REQUIRE_PEERS === "1") throw new Error(reason);
  return reason;
}

/** As `missingPeers`, for peers that want a mount namespace of their own and so the rights of root. */
export function missingRoot(): string | false {
  if (process.getuid?.() === 0) return false;
  if (process.env.INTERPRES_REQUIRE_PEERS === "1") throw new Error("not root");
  return "needs root for a mount namespace";
}

function programPath(program: string): string | undefined {
  const places = program.startsWith("/") ? [program] : FOLDERS.map((folder) => join(folder, program));
  return places.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A folder that `remove` takes away with all that the peer wrote. */
export function peerFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "interpres-peer-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Free TCP ports of loopback, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listening()));
  const ports = servers.map((server) => {
    const address = server.address();
    return address === null || typeof address === "string" ? 0 : address.port;
  });
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

function listening(): Promise<ReturnType<typeof createServer>> {
  const server = createServer();
  return new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", () => resolve(server)));
}

export interface PeerOptions {
  /** The file that takes its output. */
  readonly log: string;
  /** Further files that it writes itself and that belong to its output. */
  readonly more?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** A foreign program with its output in a file. It is ended by its own pid, never by its name. */
export class PeerProcess {
  readonly #child: ChildProcess;
  readonly #logs: readonly string[];
  readonly #ended: Promise<number | null>;

  constructor(command: readonly string[], options: PeerOptions) {
    const [program = "", ...args] = command;
    const output = openSync(options.log, "a");
    const env = options.env ?? process.env;
    this.#child = spawn(program, args, { stdio: ["ignore", output, output], env });
    closeSync(output);
    this.#logs = [options.log, ...(options.more ?? [])];
    this.#ended = new Promise((done) => this.#child.once("exit", (code) => done(code)));
  }

  get output(): string {
    return this.#logs
      .filter((path) => existsSync(path))
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
  }

  /** Rejects with the output when nothing fitting was printed in time or the program ended before. */
  async printed(expected: RegExp, limitMs = 10_000): Promise<void> {
    for (let waited = 0; waited < limitMs; waited += 20) {
      if (expected.test(this.output)) return;
      if (this.#child.exitCode !== null) throw new Error(`ended before it printed ${expected}\n${this.output}`);
      await pause(20);
    }
    throw new Error(`did not print ${expected}\n${this.output}`);
  }

  /** The exit code; rejects with the output when it does not end in time. */
  async exit(limitMs = 15_000): Promise<number | null> {
    const result = await Promise.race([this.#ended, pause(limitMs, "late" as const, { ref: false })]);
    if (result !== "late") return result;
    await this.stop();
    throw new Error(`still running after ${limitMs} ms\n${this.output}`);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    const late = pause(STOP_LIMIT_MS, "late" as const, { ref: false });
    if ((await Promise.race([this.#ended, late])) === "late") this.#child.kill("SIGKILL");
  }
}
