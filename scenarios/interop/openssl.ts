import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IssuedCertificate } from "@interpres/testkit";
import { requestText } from "../harness/one-request.ts";

const OPENSSL = "/usr/bin/openssl";
const LIMIT_MS = 10_000;

/** What openssl does beside its defaults. */
export interface OpenSslOptions {
  /** What it shows; nothing by default. */
  readonly identity?: IssuedCertificate;
  /** Further arguments: `["-tls1_2", "-cipher", "AES128-SHA"]`. */
  readonly args?: readonly string[];
}

/** Everything a peer of before 2012 can do and today's default forbids. */
export const LEGACY = ["-cipher", "ALL:@SECLEVEL=0"] as const;

/** openssl's client and server, with their files in one folder. */
export class OpenSsl {
  readonly #folder: string;
  #files = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Connects to a SIP listener, asks OPTIONS of `domain`, and resolves with all that openssl printed until it was answered
   * or cut off: `Protocol version: TLSv1.2`, `Ciphersuite: …`, the SIP answer. Rejects when neither happens.
   */
  async ask(port: number, domain: string, options: OpenSslOptions = {}): Promise<string> {
    const args = ["s_client", "-connect", `127.0.0.1:${port}`, "-brief", "-ign_eof", ...this.#argumentsOf(options)];
    const child = spawn(OPENSSL, args, { stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.on("error", () => undefined);
    child.stdin.write(requestText({ method: "OPTIONS", from: `x@${domain}`, to: "example.com" }));
    return await outputOf(child, /^Content-Length/im);
  }

  /** A server for one connection at a time on a port of its own. */
  async serve(options: OpenSslOptions): Promise<OpenSslServer> {
    const args = ["s_server", "-accept", "127.0.0.1:0", ...this.#argumentsOf(options)];
    return await OpenSslServer.start(spawn(OPENSSL, args, { stdio: ["pipe", "pipe", "pipe"] }));
  }

  #argumentsOf({ identity, args = [] }: OpenSslOptions): readonly string[] {
    if (identity === undefined) return args;
    this.#files += 1;
    const file = join(this.#folder, `identity${this.#files}.pem`);
    writeFileSync(file, `${identity.certPem}\n${identity.keyPem}`);
    return ["-cert", file, "-key", file, ...args];
  }
}

/** What a client printed until `wanted`, or until it ended. */
function outputOf(child: ChildProcess, wanted: RegExp): Promise<string> {
  let seen = "";
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill();
      reject(new Error(`neither answered nor cut off\n${seen}`));
    }, LIMIT_MS);
    const hear = (chunk: Buffer): void => {
      seen += chunk.toString("utf8");
      if (wanted.test(seen)) child.kill();
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("close", () => {
      clearTimeout(late);
      resolve(seen);
    });
  });
}

/** `openssl s_server`: it tells what was agreed (`CIPHER is …`, `Protocol  : …`) and what it hears, and says nothing itself. */
export class OpenSslServer {
  readonly #child: ChildProcess;
  #seen = "";
  #port = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    const hear = (chunk: Buffer): void => {
      this.#seen += chunk.toString("latin1");
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
  }

  static async start(child: ChildProcess): Promise<OpenSslServer> {
    const server = new OpenSslServer(child);
    await server.#ready();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** All it printed: what the peer sent, and its own errors. */
  get seen(): string {
    return this.#seen;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((done) => this.#child.once("exit", done));
    this.#child.kill();
    await ended;
  }

  #ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const port = /^ACCEPT \S*:(\d+)/m.exec(this.#seen)?.[1];
        if (port === undefined) return;
        this.#port = Number(port);
        this.#child.stdout?.off("data", look);
        resolve();
      };
      this.#child.stdout?.on("data", look);
      this.#child.once("exit", () => reject(new Error(`openssl did not serve\n${this.#seen}`)));
    });
  }
}
