import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AdminClient } from "./admin-client.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const READY_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 12_000;
export const API_TOKEN = "scenario-token";
export const ADMINISTRATOR = { name: "admin", password: "scenario-password" };

export interface NodePorts {
  readonly sipTls: number;
  readonly sipTcp?: number;
  readonly sipUdp?: number;
  readonly xmppClient: number;
  readonly admin: number;
  readonly shell: number;
}

interface NodeFile {
  readonly pid: number;
  readonly adminUrl: string;
  readonly ports: NodePorts;
}

export interface NodeOptions {
  readonly localDomain?: string;
  readonly fqdn?: string;
  /** `127.0.0.1:PORT` of a DNS server that serves the scenario's zone. */
  readonly dnsServer: string;
  /** Fixed ports for a node that must come back where it was; 0 by default. */
  readonly ports?: Partial<NodePorts>;
  readonly withTcpAndUdp?: "tcp-and-udp";
  /** What runs it: `["/usr/bin/taskset", "-c", "0"]`; nothing by default. It must exec, so that the pid stays. */
  readonly runner?: readonly string[];
  readonly logLevel?: "debug" | "info" | "warn" | "error";
}

/** One real node in a process of its own, on loopback ports and in a directory of its own. */
export class NodeProcess {
  readonly #directory = mkdtempSync(join(tmpdir(), "interpres-"));
  readonly #options: NodeOptions;
  #child: ChildProcess | undefined;
  #output = "";
  #file: NodeFile | undefined;

  constructor(options: NodeOptions) {
    this.#options = options;
  }

  /** Starts and waits until `node.json` says that it is ready; rejects with its output when it ends before that. */
  async start(): Promise<void> {
    const config = join(this.#directory, "interpres.yaml");
    writeFileSync(config, JSON.stringify(this.#settings()));
    const main = join(ROOT, "packages/server/src/main.ts");
    const command = [...(this.#options.runner ?? []), process.execPath, main, "serve", "--config", config];
    const [program = process.execPath, ...args] = [...command, "--data", this.dataDirectory];
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: this.#directory,
    });
    this.#child = child;
    child.stdout.on("data", (chunk: Buffer) => this.#hear(chunk));
    child.stderr.on("data", (chunk: Buffer) => this.#hear(chunk));
    this.#file = await this.#ready(child);
  }

  get ports(): NodePorts {
    return this.#running().ports;
  }

  get admin(): AdminClient {
    return new AdminClient({ url: this.#running().adminUrl, token: API_TOKEN, ca: this.authorityPem });
  }

  /** Where it runs: its settings file, and below it its data. */
  get directory(): string {
    return this.#directory;
  }

  /** For a node whose API no longer shows a certificate of its own authority. */
  adminBelieving(ca: string): AdminClient {
    return new AdminClient({ url: this.#running().adminUrl, token: API_TOKEN, ca });
  }

  get dataDirectory(): string {
    return join(this.#directory, "data");
  }

  /** The certificate of the node's own authority, as an administrator would hand it to a peer. */
  get authorityPem(): string {
    return readFileSync(join(this.dataDirectory, "ca.pem"), "utf8");
  }

  get pid(): number {
    return this.#running().pid;
  }

  /** Its state by `node.json`: who restarts it writes that anew. */
  async restarted(): Promise<void> {
    const child = this.#child;
    if (child === undefined) throw new Error("the node has not started");
    this.#file = await this.#ready(child);
  }

  /** All it has printed since the first start. */
  get output(): string {
    return this.#output;
  }

  /** Sends `signal` and waits for the end; resolves with the exit code, null when a signal ended it. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
    child.kill(signal);
    const late = pause(STOP_LIMIT_MS, "late" as const, { ref: false });
    const result = await Promise.race([ended, late]);
    if (result === "late") {
      child.kill("SIGKILL");
      throw new Error(`the node did not stop within ${STOP_LIMIT_MS} ms\n${this.#output}`);
    }
    return result;
  }

  /** Ends it whatever its state and removes its directory. */
  async remove(): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #settings(): unknown {
    const { ports, localDomain, fqdn, dnsServer, withTcpAndUdp } = this.#options;
    const enabled = withTcpAndUdp !== undefined;
    const host = "127.0.0.1";
    return {
      node: { name: "imp1", fqdn: fqdn ?? "imp1.example.com" },
      listeners: {
        sipTls: { host, port: ports?.sipTls ?? 0 },
        sipTcp: { host, port: ports?.sipTcp ?? 0, enabled },
        sipUdp: { host, port: ports?.sipUdp ?? 0, enabled },
        xmppClient: { host, port: ports?.xmppClient ?? 0 },
        admin: { host, port: ports?.admin ?? 0 },
        shell: { host, port: ports?.shell ?? 0 },
      },
      dns: { servers: [dnsServer] },
      log: { level: this.#options.logLevel ?? "info" },
      bootstrap: {
        localDomain: localDomain ?? "example.com",
        apiToken: API_TOKEN,
        administrator: ADMINISTRATOR,
      },
    };
  }

  #hear(chunk: Buffer): void {
    this.#output += chunk.toString("utf8");
  }

  #running(): NodeFile {
    if (this.#file === undefined) throw new Error("the node has not started");
    return this.#file;
  }

  async #ready(child: ChildProcess): Promise<NodeFile> {
    const path = join(this.dataDirectory, "node.json");
    for (let waited = 0; waited < READY_LIMIT_MS; waited += 20) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the node ended early\n${this.#output}`);
      const file = existsSync(path) ? readFile(path) : undefined;
      if (file !== undefined && file.pid === child.pid) return file;
      await pause(20);
    }
    throw new Error(`the node was not ready within ${READY_LIMIT_MS} ms\n${this.#output}`);
  }
}

/** Undefined while it is half written. */
function readFile(path: string): NodeFile | undefined {
  const text = readFileSync(path, "utf8");
  return text.endsWith("}\n") || text.endsWith("}") ? (JSON.parse(text) as NodeFile) : undefined;
}
