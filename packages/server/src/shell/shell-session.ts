import type { Role } from "@interpres/admin-api";
import type { Logger } from "@interpres/runtime";
import { isSufficient } from "../admin/http/authenticate.ts";
import type { ShellCommand } from "./command-form.ts";
import { commandTable } from "./command-table.ts";
import { readLine } from "./read-line.ts";
import { type ExitStatus, runCommand } from "./run-command.ts";
import type { ShellNode } from "./shell-node.ts";
import type { Terminal } from "./terminal.ts";

export interface ShellSessionParts {
  readonly node: ShellNode;
  readonly terminal: Terminal;
  /** Who sits there. */
  readonly actor: string;
  /** Asked before each command; undefined once they may not sign in any more. */
  readonly role: () => Promise<Role | undefined>;
  readonly log: Logger;
}

const NOT_UNDERSTOOD = 2;
const FAILED = 1;

/** Commands from one terminal, one after the other. */
export class ShellSession {
  readonly #parts: ShellSessionParts;

  constructor(parts: ShellSessionParts) {
    this.#parts = parts;
  }

  /** Until `quit` or the end of input. Resolves with the status of the last command. */
  async run(): Promise<ExitStatus> {
    const { terminal, actor } = this.#parts;
    let status: ExitStatus = 0;
    for (;;) {
      const line = await terminal.ask(`${actor}: `, "commands");
      if (line === undefined || (await this.#role()) === undefined) return status;
      const reading = readLine(line, commandTable);
      if (reading.kind === "command" && reading.command.kind === "quit") return status;
      if (reading.kind !== "nothing") status = await this.execute(line);
    }
  }

  /** One line. */
  async execute(line: string): Promise<ExitStatus> {
    const reading = readLine(line, commandTable);
    switch (reading.kind) {
      case "nothing":
        return 0;
      case "unknown":
        return this.#notUnderstood(`${reading.word} is not known here`, reading.expected);
      case "ambiguous":
        return this.#notUnderstood(`${reading.word} is ambiguous`, reading.candidates);
      case "incomplete":
        return this.#notUnderstood("the command is not complete", reading.expected);
      case "command":
        return await this.#obey(reading.command, reading.form.role);
    }
  }

  async #obey(command: ShellCommand, needed: Role): Promise<ExitStatus> {
    const { terminal, node, actor, log } = this.#parts;
    const role = await this.#role();
    if (role === undefined || !isSufficient(role, needed)) {
      terminal.complain(`this needs the role ${needed}`);
      return FAILED;
    }
    try {
      return await runCommand(command, { node, terminal, actor });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error("shell.command-failed", { command: command.kind, reason });
      terminal.complain(reason);
      return FAILED;
    }
  }

  #role(): Promise<Role | undefined> {
    return this.#parts.role();
  }

  #notUnderstood(problem: string, expected: readonly string[]): ExitStatus {
    const choice = expected.length === 0 ? "nothing may follow" : `it could be ${expected.join(", ")}`;
    this.#parts.terminal.complain(`${problem}; ${choice}`);
    return NOT_UNDERSTOOD;
  }
}
