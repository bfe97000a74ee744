import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProgramRun, RunningProgram } from "../harness/run-program.ts";

export interface Who {
  readonly name: string;
  readonly password: string;
}

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

  /**
   * One command, as `ssh host 'command'`; `input` is its standard input. The code is the command's; 255 where ssh itself
   * failed, 5 where the password was wrong.
   */
  async exec(who: Who, command: string, input = ""): Promise<ProgramRun> {
    const session = this.open(who, [command]);
    session.end(input);
    return await session.ended();
  }

  /** A session: with `-tt` at a terminal, with `-T` without. */
  open(who: Who, words: readonly string[]): RunningProgram {
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
    return new RunningProgram("sshpass", ["-p", who.password, "ssh", ...settings, ...to]);
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
