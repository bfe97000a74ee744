import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";

export interface Who {
  readonly name: string;
  readonly password: string;
}

export interface Ended {
  /** Of the command; 255 where ssh itself failed, 5 where the password was wrong. */
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

const LIMIT_MS = 20_000;

/** The OpenSSH client against one node. What it has seen of host keys stays, so a key that changes is refused. */
export class SshClient {
  readonly #port: () => number;
  readonly #directory = mkdtempSync(join(tmpdir(), "interpres-ssh-"));

  constructor(port: () => number) {
    this.#port = port;
  }

  get hasSeenHost(): boolean {
    return existsSync(this.#knownHosts);
  }

  get #knownHosts(): string {
    return join(this.#directory, "known_hosts");
  }

  /** One command, as `ssh host 'command'`; `input` is its standard input. */
  async exec(who: Who, command: string, input = ""): Promise<Ended> {
    const session = this.open(who, [command]);
    session.end(input);
    return await session.ended();
  }

  /** A session: with `-tt` at a terminal, with `-T` without. */
  open(who: Who, words: readonly string[]): SshSession {
    const options = {
      StrictHostKeyChecking: "accept-new",
      UserKnownHostsFile: this.#knownHosts,
      GlobalKnownHostsFile: "/dev/null",
      HostKeyAlias: "node",
      LogLevel: "ERROR",
    };
    const settings = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    const flags = words.filter((word) => word.startsWith("-"));
    const command = words.filter((word) => !word.startsWith("-"));
    const to = ["-F", "/dev/null", "-p", String(this.#port()), ...flags, `${who.name}@127.0.0.1`, ...command];
    return new SshSession(spawn("sshpass", ["-p", who.password, "ssh", ...settings, ...to], { stdio: "pipe" }));
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** One run of the client. */
export class SshSession {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<number | null>;
  #out = "";
  #err = "";
  /** How much of the output was already looked at. */
  #seen = 0;

  constructor(child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#err += text;
    });
    // It may have ended before all was typed.
    child.stdin.on("error", () => undefined);
    this.#ended = new Promise((resolve) => child.once("close", (code) => resolve(code)));
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  end(text: string): void {
    this.#child.stdin.end(text);
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

  async ended(): Promise<Ended> {
    const late = pause(LIMIT_MS, "late" as const, { ref: false });
    const status = await Promise.race([this.#ended, late]);
    if (status === "late") {
      this.#child.kill("SIGKILL");
      throw new Error(`ssh goes on\n${this.#out}\n${this.#err}`);
    }
    return { status, out: this.#out, err: this.#err };
  }
}
